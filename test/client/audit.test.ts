import assert from 'node:assert/strict'
import { truncate } from 'node:fs/promises'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { listReplicasOfFile } from '../../src/api/actions/listReplicasOfFile.ts'
import type { AuditedFarmer } from '../../src/client/audit/auditReport.ts'
import type { AuditResult } from '../../src/client/audit.ts'
import type { Client } from '../../src/client/createClient.ts'
import type { StreamServer } from '../../src/p2p/host.ts'
import { LEAF_BYTES } from '../../src/protocol/replicaLayout.ts'
import { AUDIT_PROTOCOL } from '../../src/storage/shardProtocol/auditMessages.ts'
import { encodeFields } from '../../src/storage/shardProtocol/wire.ts'
import { overwriteLeaves, startReachable } from './auditNetwork.ts'
import { startLiar } from './liars.ts'
import { patternBytes, SHORT_PERIOD_SLOTS, startTestNetwork, type TestNetwork } from './network.ts'

const SHARD_BYTES = 65_536
const CODE = { dataShards: 2, parityShards: 1 }
/** The farmer that something happens to; all others are honest. */
const BAD = 2

const cleanUps: (() => unknown)[] = []
const scope = { after: (cleanUp: () => unknown) => cleanUps.push(cleanUp) }

describe('a private audit', () => {
  let network: TestNetwork
  let client: Client
  let id: string
  let badNode: bigint
  let files: string[]
  before(async () => {
    network = await startTestNetwork(scope, { periodSlots: SHORT_PERIOD_SLOTS, count: BAD })
    const { farmer, fileOf } = await startReachable(scope, network, BAD)
    badNode = farmer.node
    const bucketId = await network.buyBucket()
    client = await network.client({ maxShardBytes: SHARD_BYTES, code: CODE })
    const bytes = patternBytes(7 * SHARD_BYTES + 17)
    ;({ id } = await client.upload({ bytes, name: 'audited' }))
    const all = await listReplicasOfFile(network.provider, { bucketId, fileId: id })
    files = all.filter(({ node }) => node === badNode).map((replica) => fileOf(replica.id))
    assert.ok(files.length >= 4)
  })
  after(async () => {
    for (const cleanUp of cleanUps.reverse()) await cleanUp()
  })

  const badOf = ({ farmers }: AuditResult): AuditedFarmer =>
    farmers.find(({ node }) => node === badNode)!
  const expectOthersHeld = ({ farmers }: AuditResult): void => {
    for (const { node, replicas } of farmers) {
      if (node === badNode) continue
      assert.ok(replicas.every(({ verdict }) => verdict === 'held'))
    }
  }

  test('of honest farmers finds every sentinel, and nothing to suspect', async () => {
    const seen: number[] = []
    const result = await client.audit(id, {
      sentinels: 4,
      onProgress: ({ auditedCount }) => seen.push(auditedCount),
    })
    assert.deepEqual(result.suspicious, [])
    assert.equal(result.farmers.length, BAD + 1)
    assert.equal(seen.at(-1), result.replicaCount)
    for (const farmer of result.farmers) {
      assert.equal(farmer.askedCount, 4 * farmer.replicas.length)
      assert.equal(farmer.rightCount, farmer.askedCount)
      assert.equal(farmer.freshCount, farmer.askedCount)
      assert.equal(farmer.estimatedMissingShare, 0)
      assert.equal(farmer.passChance, 0.95 ** farmer.askedCount)
      assert.ok(farmer.passChanceBound > farmer.passChance && farmer.passChanceBound < 1)
    }
  })

  test('asks for each sentinel once as long as there are others', async () => {
    const other = await network.client()
    const rounds: AuditedFarmer[] = []
    for (let round = 0; round < 3; round++)
      rounds.push(badOf(await other.audit(id, { sentinels: 16 })))
    const [first, second, third] = rounds
    assert.equal(first!.freshCount, first!.askedCount)
    assert.equal(second!.freshCount, second!.askedCount)
    // 32 of the 64 sentinels of a small replica are for private audits.
    assert.equal(third!.freshCount, 0)
    assert.equal(third!.rightCount, third!.askedCount)
    assert.equal(third!.passChance, 1)
  })

  test('tells that a tenth of the leaves is overwritten, and where', async () => {
    for (const file of files) await overwriteLeaves(file, 10)
    const result = await (await network.client()).audit(id, { sentinels: 32 })
    const bad = badOf(result)
    assert.ok(bad.wrongCount > 0 && bad.missingCount === 0)
    assert.ok(bad.estimatedMissingShare! > 0 && bad.estimatedMissingShare! < 0.3)
    assert.ok(result.suspicious.length > 0)
    assert.ok(result.suspicious.every((each) => files.some((file) => file.includes(each.slice(2)))))
    expectOthersHeld(result)
  })

  test('tells leaves that a farmer cannot read as missing', async () => {
    for (const file of files) await truncate(file, 30 * LEAF_BYTES)
    const bad = badOf(await (await network.client()).audit(id, { sentinels: 32 }))
    assert.ok(bad.missingCount > 0)
    assert.ok(bad.replicas.every(({ verdict }) => verdict === 'damaged'))
    assert.equal(bad.askedCount, bad.rightCount + bad.wrongCount + bad.missingCount)
  })

  test('tells farmers that refuse, send garbage, stay silent or are gone from each other', async () => {
    await network.farmers[BAD]!.stop()
    const quick = { tries: 1, timeoutMs: 1_500 }
    const workDirectory = network.directory()
    for (const [lie, { serve, verdict }] of Object.entries(LIES)) {
      const liar = await startLiar(BAD, {})
      try {
        await liar.handle(AUDIT_PROTOCOL, serve, FRAMES)
        const bootstrap = [...network.addresses(), ...liar.addresses()]
        const asking = await network.client({ bootstrap, workDirectory })
        const result = await asking.audit(id, quick)
        await asking.close()
        const bad = badOf(result)
        const verdicts = new Set(bad.replicas.map((each) => each.verdict))
        assert.deepEqual([lie, ...verdicts], [lie, verdict])
        assert.deepEqual([bad.passChance, bad.rightCount], [1, 0])
        assert.equal(result.suspicious.length, files.length)
        expectOthersHeld(result)
      } finally {
        await liar.stop()
      }
    }
    const gone = badOf(await (await network.client({ workDirectory })).audit(id, quick))
    assert.ok(gone.replicas.every(({ verdict, message }) => verdict === 'silent' && message))
    assert.equal(gone.estimatedMissingShare, undefined)
  })

  test('is of 1 to 64 sentinels', async () => {
    for (const sentinels of [0, 65, 1.5, Number.NaN]) {
      await assert.rejects(client.audit(id, { sentinels }), { code: 'BAD_RANGE' })
    }
  })

  test('is given up when its signal says so', async () => {
    const signal = AbortSignal.abort()
    await assert.rejects(client.audit(id, { signal }), { code: 'ABORTED' })
  })
})

const FRAMES = { maxFrameBytes: 2 ** 20, maxSentFrameBytes: 2 ** 20 }

const OK = 0
const FAILED = 1

const reply =
  (...bytes: readonly Uint8Array[]): StreamServer =>
  async (stream) => {
    await stream.read()
    await stream.write(...bytes)
  }

const digestsOf = (count: number, fill: number): Uint8Array =>
  encodeFields([Array.from({ length: count }, () => new Uint8Array(16).fill(fill))])

const LIES: Record<string, { serve: StreamServer; verdict: string }> = {
  'guesses without a look at its disk': {
    serve: reply(Uint8Array.of(OK), digestsOf(16, 7)),
    verdict: 'damaged',
  },
  refuses: {
    serve: reply(Uint8Array.of(FAILED), Buffer.from('UNKNOWN_REPLICA\0no')),
    verdict: 'refused',
  },
  'is busy for ever': {
    serve: reply(Uint8Array.of(FAILED), Buffer.from('BUSY\0later')),
    verdict: 'refused',
  },
  'sends garbage': {
    serve: reply(Uint8Array.of(OK), new Uint8Array(300).fill(0xee)),
    verdict: 'garbled',
  },
  'sends fewer digests': { serve: reply(Uint8Array.of(OK), digestsOf(15, 7)), verdict: 'garbled' },
  'sends more than an answer': {
    serve: reply(Uint8Array.of(OK), new Uint8Array(2 ** 16)),
    verdict: 'garbled',
  },
  'ends without a word': {
    serve: async (stream) => void (await stream.read()),
    verdict: 'garbled',
  },
  'sends a byte now and then': {
    async serve(stream) {
      await stream.read()
      await sleep(60_000, undefined, { ref: false })
    },
    verdict: 'silent',
  },
}
