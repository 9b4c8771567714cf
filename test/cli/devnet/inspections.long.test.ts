import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RPCInspections } from '../../../src/api/rpc/inspections.ts'
import { patternBytes } from '../../client/network.ts'
import { type DevnetProcess, startDevnetProcess, temporaryDirectory } from '../devnetProcess.ts'
import { runGenaro } from '../runGenaro.ts'

const NODES = 6

/** What every farmer's inspections came to, once a test's condition holds for them all. */
async function untilAll(
  devnet: DevnetProcess,
  holds: (inspections: RPCInspections) => boolean,
): Promise<RPCInspections[]> {
  for (;;) {
    const all: RPCInspections[] = []
    for (let node = 0; node < NODES; node++) {
      all.push(await devnet.rpc('genaro_getInspections', `0x${node.toString(16)}`))
    }
    if (all.every(holds)) return all
    await sleep(200)
  }
}

const passes = ({ history }: RPCInspections): number =>
  history.filter(({ event }) => event === 'passed').length

test('farmers with files pass inspections while nobody sends anything, also after a restart', async (t) => {
  const directory = temporaryDirectory(t)
  const args = ['--farmers', `${NODES}`, '--data-dir', join(directory, 'devnet')]
  const run = async (url: string, ...command: string[]): Promise<void> => {
    const { code, stderr } = await runGenaro([...command, '--rpc', url])
    assert.equal(code, 0, stderr)
  }
  const path = join(directory, 'file')
  writeFileSync(path, patternBytes(300_000))

  const first = await startDevnetProcess(t, args)
  assert.equal(await first.rpc('eth_blockNumber'), '0x0')
  await run(first.url, 'bucket', 'buy', '--size', '1GB', '--term', '30d')
  const client = ['--seed-file', join(directory, 'seed'), '--work-dir', join(directory, 'work')]
  await run(first.url, 'upload', path, ...client)
  await untilAll(first, (inspections) => passes(inspections) >= 1)
  assert.equal(await first.end(), 0)

  const second = await startDevnetProcess(t, args)
  const before = await untilAll(second, () => true)
  const after = await untilAll(
    second,
    (inspections) => passes(inspections) > Math.max(...before.map(passes)),
  )
  for (const { nodes } of after) assert.equal(nodes[0]?.recentStrikes, '0x0')
})
