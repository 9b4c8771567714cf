import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FarmerStatus } from '../../../src/storage/farmer/farmer.ts'
import { metricsText } from '../../../src/storage/farmer/metricsText.ts'
import { startStatusServer } from '../../../src/storage/farmer/statusServer.ts'

const STATUS: FarmerStatus = {
  account: `0x${'11'.repeat(20)}`,
  node: 3n,
  peerId: '16Uiu2HAm',
  addresses: [],
  chainTime: 1n,
  capacityBytes: 1_000,
  usedBytes: 400,
  freeBytes: 600,
  priceWeiPerGBDay: 5n,
  replicas: { receiving: 1, acknowledged: 2, registered: 3, ended: 0, damaged: 0 },
  receivedBytes: 2n ** 60n,
  servedBytes: 7n,
  earnedWei: { traffic: 5n * 10n ** 17n, storage: 0n, heft: 0n, bonds: 0n },
  unredeemedBytes: 9n,
  inspections: {
    isDischarged: false,
    joinedReplicas: 3,
    joinedLeaves: 4_500n,
    waitingReplicas: 0,
    challenges: [{ id: 8n, kind: 'scheduled', isOpen: true, deadlineSlot: 90n }],
    strikes: 1,
    window: { passes: 5, strikes: 1 },
    lastPassedTime: 1_700_000_000n,
    provenSeconds: 600n,
    heft: 12n,
    history: [{ kind: 'struck', challengeId: 7n, blockNumber: 80, strikes: 1 }],
    totals: { answered: 6, failed: 0, passed: 5, missed: 0, struck: 1 },
  },
  refusals: { NO_CREDIT: 2 },
  peers: 4,
  uptimeSeconds: 11,
}

test('every metric has its help, its type and samples Prometheus can read', () => {
  const lines = metricsText(STATUS).split('\n')
  assert.equal(lines.at(-1), '')
  const samples = lines.filter((line) => line !== '' && !line.startsWith('#'))
  for (const sample of samples) {
    assert.match(sample, /^[a-z_]+(\{[a-z]+="[^"\\]*"\})? \d+(\.\d+)?$/)
    const name = sample.split(/[ {]/)[0]
    assert.ok(lines.some((line) => line.startsWith(`# TYPE ${name} `)))
    assert.ok(lines.some((line) => line.startsWith(`# HELP ${name} `)))
  }
  assert.ok(samples.includes('genaro_farmer_refusals_total{code="NO_CREDIT"} 2'))
  assert.ok(samples.includes('genaro_farmer_earned_gnx_total{source="traffic"} 0.5'))
  assert.ok(samples.includes('genaro_farmer_challenges_total{result="passed"} 5'))
  assert.ok(samples.includes('genaro_farmer_joined_leaves 4500'))
  assert.ok(samples.includes('genaro_farmer_received_bytes_total 1152921504606846976'))
})

test('a farmer answers /metrics and /status, and nothing that would change it', async (t) => {
  const server = await startStatusServer({ status: () => STATUS })
  t.after(() => server.close())
  const metrics = await fetch(`${server.url}/metrics`)
  assert.match(metrics.headers.get('content-type')!, /^text\/plain; version=0\.0\.4/)
  assert.equal(await metrics.text(), metricsText(STATUS))
  const status = (await (await fetch(`${server.url}/status`)).json()) as { receivedBytes: string }
  assert.equal(status.receivedBytes, '1152921504606846976')
  assert.equal((await fetch(`${server.url}/status`, { method: 'POST' })).status, 405)
  assert.equal((await fetch(`${server.url}/keys`)).status, 404)
})
