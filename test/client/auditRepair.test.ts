import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { listReplicasOfFile } from '../../src/api/actions/listReplicasOfFile.ts'
import { isJoinOverdue, joinGraceSeconds } from '../../src/client/audit/unjoined.ts'
import type { Client } from '../../src/client/createClient.ts'
import { NETWORKS } from '../../src/protocol/networks.ts'
import { startReachable } from './auditNetwork.ts'
import { patternBytes, SHORT_PERIOD_SLOTS, startTestNetwork, type TestNetwork } from './network.ts'

const CODE = { dataShards: 2, parityShards: 1 }
const INSPECTION = { everyMs: 100, joinAfterMs: 200 }
/** It never joins what it holds. */
const IDLE = { everyMs: 100, joinAfterMs: 10 ** 9 }

const cleanUps: (() => unknown)[] = []
const scope = { after: (cleanUp: () => unknown) => cleanUps.push(cleanUp) }

describe('replicas that the chain does not inspect', () => {
  let network: TestNetwork
  let client: Client
  let bucketId: string
  let id: string
  let idleNode: bigint
  before(async () => {
    network = await startTestNetwork(scope, {
      periodSlots: SHORT_PERIOD_SLOTS,
      count: 4,
      farmer: { inspection: INSPECTION },
    })
    const { farmer } = await startReachable(scope, network, 4, { inspection: IDLE })
    idleNode = farmer.node
    bucketId = await network.buyBucket()
    client = await network.client({ code: CODE, maxShardBytes: 65_536 })
    ;({ id } = await client.upload({ bytes: patternBytes(5 * 65_536), name: 'joined' }))
  })
  after(async () => {
    for (const cleanUp of cleanUps.reverse()) await cleanUp()
  })

  const replicas = () => listReplicasOfFile(network.provider, { bucketId, fileId: id })

  test('are no fault while their farmers may still join them', async () => {
    const { suspicious, farmers } = await client.audit(id, { sentinels: 1 })
    assert.deepEqual(suspicious, [])
    const idle = farmers.find(({ node }) => node === idleNode)!
    assert.ok(idle.replicas.length > 0)
    assert.ok(idle.replicas.every(({ isJoined, isJoinOverdue: due }) => !isJoined && !due))
  })

  test('count as missing once it was time to join them: they are released and rebuilt', async () => {
    for (;;) {
      const others = (await replicas()).filter(({ node }) => node !== idleNode)
      if (others.every(({ joined }) => joined)) break
      await network.node.devnet!.mine()
    }
    const { devnet } = network.node
    await devnet!.increaseTime(joinGraceSeconds(NETWORKS.devnet.chainId) + 1n)
    await devnet!.mine()
    const idle = (await replicas()).filter(({ node }) => node === idleNode)
    const { suspicious, farmers } = await client.audit(id, { sentinels: 1 })
    assert.deepEqual(suspicious.toSorted(), idle.map((each) => each.id).toSorted())
    // It answers for them nevertheless.
    assert.equal(farmers.find(({ node }) => node === idleNode)!.estimatedMissingShare, 0)
    const result = await client.repair(id)
    assert.ok(result.isWhole)
    assert.deepEqual([...new Set(result.missing.map(({ reason }) => reason))], ['unjoined'])
    assert.equal(result.missing.length, idle.length)
    assert.ok((await replicas()).every(({ node }) => node !== idleNode))
  })
})

test('a farmer has an hour to join a replica, and a minute on development networks', () => {
  assert.equal(joinGraceSeconds(NETWORKS.mainnet.chainId), 3_600n)
  assert.equal(joinGraceSeconds(NETWORKS.testnet.chainId), 3_600n)
  assert.equal(joinGraceSeconds(31_337n), 60n)
  const unjoined = { joined: false, startTime: 1_000n }
  assert.equal(isJoinOverdue(unjoined, 60n, 1_060n), false)
  assert.equal(isJoinOverdue(unjoined, 60n, 1_061n), true)
  assert.equal(isJoinOverdue({ ...unjoined, joined: true }, 60n, 10_000n), false)
})
