import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { listReplicasOfFile } from '../../src/api/actions/listReplicasOfFile.ts'
import { createHost } from '../../src/p2p/createHost.ts'
import type { Host, PeerTarget } from '../../src/p2p/host.ts'
import {
  type AuditRequest,
  auditProtocol,
  decodeAuditRequest,
  encodeAuditRequest,
} from '../../src/storage/shardProtocol/auditMessages.ts'
import { encodeFields } from '../../src/storage/shardProtocol/wire.ts'
import { patternBytes, SHORT_PERIOD_SLOTS, startTestNetwork } from './network.ts'

const ID = `0x${'ab'.repeat(32)}`
const nonce = (): Uint8Array => new Uint8Array(randomBytes(32))
const ascending = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

const cleanUps: (() => unknown)[] = []
const scope = { after: (cleanUp: () => unknown) => cleanUps.push(cleanUp) }

describe('a farmer that is audited', () => {
  let host: Host
  let target: PeerTarget
  let replicaId: string
  let leafCount: number
  before(async () => {
    const network = await startTestNetwork(scope, { periodSlots: SHORT_PERIOD_SLOTS, count: 3 })
    const bucketId = await network.buyBucket()
    const client = await network.client({ code: { dataShards: 2, parityShards: 1 } })
    const { id } = await client.upload({ bytes: patternBytes(90_000), name: 'file' })
    const farmer = network.farmers[0]!
    await farmer.checkChain()
    const all = await listReplicasOfFile(network.provider, { bucketId, fileId: id })
    const replica = all.find(({ node }) => node === farmer.node)!
    replicaId = replica.id
    leafCount = Number(replica.leafCount)
    host = await createHost({})
    scope.after(() => host.stop())
    target = { peerId: farmer.peerId, addresses: farmer.addresses() }
  })
  after(async () => {
    for (const cleanUp of cleanUps.reverse()) await cleanUp()
  })

  const ask = (request: Partial<AuditRequest>, from = host) =>
    auditProtocol.request(from, target, {
      ...{ replicaId, nonce: nonce(), leafIndices: [0] },
      ...request,
    })
  const refusal = (code: string) => (error: { code?: string; facts?: { code?: string } }) => {
    assert.deepEqual([error.code, error.facts?.code], ['REFUSED', code])
    return true
  }

  test('answers strangers too, and never twice the same', async () => {
    const leafIndices = ascending(64)
    const first = await ask({ leafIndices })
    assert.equal(first.digests.length, 64)
    const second = await ask({ leafIndices })
    assert.ok(first.digests.every((digest, at) => digest!.join() !== second.digests[at]!.join()))
    const same = nonce()
    assert.deepEqual(await ask({ nonce: same }), await ask({ nonce: same }))
  })

  test('answers for replicas under contract alone, and for leaves that they have', async () => {
    await assert.rejects(ask({ replicaId: ID }), refusal('UNKNOWN_REPLICA'))
    await assert.rejects(ask({ leafIndices: [leafCount] }), refusal('BAD_RANGE'))
    await ask({ leafIndices: [leafCount - 1] })
  })

  test('answers no more than its disk can stand, and tells so', async () => {
    const other = await createHost({})
    try {
      const flood = async (): Promise<void> => {
        for (let round = 0; round < 200; round++) await ask({ leafIndices: ascending(64) }, other)
      }
      await assert.rejects(flood(), refusal('BUSY'))
      // Whoever floods takes nothing from others.
      await ask({})
    } finally {
      await other.stop()
    }
  })
})

describe('a question of an audit', () => {
  test('has one encoding', () => {
    const request = { replicaId: ID, nonce: nonce(), leafIndices: [0, 7, 2 ** 32 - 1] }
    assert.deepEqual(decodeAuditRequest(encodeAuditRequest(request)), request)
  })

  test('is of 1 to 64 ascending leaves, and of nothing else', () => {
    const encode = (...fields: Parameters<typeof encodeFields>[0]) => encodeFields(fields)
    const id = new Uint8Array(32).fill(0xab)
    const wrong = [
      encode(id, nonce(), []),
      encode(id, nonce(), ascending(65).map(BigInt)),
      encode(id, nonce(), [2n, 1n]),
      encode(id, nonce(), [1n, 1n]),
      encode(id, nonce(), [2n ** 32n]),
      encode(id, nonce(), [[1n]]),
      encode(id, nonce(), 1n),
      encode(id, nonce().subarray(1), [1n]),
      encode(id.subarray(1), nonce(), [1n]),
      encode(id, nonce(), [1n], 1n),
      encode(id, nonce()),
      new Uint8Array(),
      new Uint8Array(500).fill(0xff),
    ]
    for (const bytes of wrong) {
      assert.throws(() => decodeAuditRequest(bytes), { code: 'BAD_MESSAGE' })
    }
  })
})
