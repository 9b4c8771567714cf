import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { inspect } from 'node:util'
import type { Replica } from '../../src/api/actions/getReplica.ts'
import { listReplicasOfFile } from '../../src/api/actions/listReplicasOfFile.ts'
import { ownReplica } from '../../src/client/audit/ownReplica.ts'
import type { ClientContext } from '../../src/client/context.ts'
import { ownerGroupsContract } from '../../src/client/escalation/contract.ts'
import { deriveSentinelGroups, groupsRoot } from '../../src/client/escalation/sentinelGroups.ts'
import { challengeReplicas, escalateReplicas } from '../../src/client/escalation.ts'
import { findFile } from '../../src/client/findFile.ts'
import { openContext } from '../../src/client/openContext.ts'
import { GENESIS_PARAMS } from '../../src/protocol/params.ts'
import { overwriteLeaves, startReachable } from './auditNetwork.ts'
import {
  patternBytes,
  SHORT_PERIOD_SLOTS,
  startTestNetwork,
  TEST_SEED,
  type TestNetwork,
} from './network.ts'

const CODE = { dataShards: 2, parityShards: 1 }
const BOND = GENESIS_PARAMS.challengeBondWei
const WAIT = { pollMs: 200, timeoutMs: 60_000 }
const INSPECTION = { everyMs: 100, joinAfterMs: 200 }

const cleanUps: (() => unknown)[] = []
const scope = { after: (cleanUp: () => unknown) => cleanUps.push(cleanUp) }

describe('a challenge that the owner pays for', () => {
  let network: TestNetwork
  let context: ClientContext
  let bucketId: string
  let id: string
  const fileOf = new Map<bigint, (replicaId: string) => string>()

  before(async () => {
    network = await startTestNetwork(scope, { periodSlots: SHORT_PERIOD_SLOTS, count: 0 })
    for (let index = 0; index < 6; index++) {
      const { farmer, ...directory } = await startReachable(scope, network, index, {
        inspection: INSPECTION,
      })
      fileOf.set(farmer.node, directory.fileOf)
    }
    bucketId = await network.buyBucket()
    const workDirectory = network.directory()
    const bootstrap = network.addresses()
    const options = { workDirectory, bootstrap, maxShardBytes: 65_536, code: CODE }
    const uploader = await network.client(options)
    const bytes = patternBytes(6 * 65_536 + 17)
    ;({ id } = await uploader.upload({ bytes, name: 'challenged' }))
    await uploader.close()
    const { provider, signer } = network
    const opened = await openContext(
      { provider, signer, masterSeed: TEST_SEED, ...options },
      provider,
    )
    context = opened.context
    scope.after(opened.release)
    network.node.devnet!.setHeartbeatSeconds(3)
    while (!(await replicas()).every(({ joined }) => joined)) await sleep(200)
  })
  after(async () => {
    for (const cleanUp of cleanUps.reverse()) await cleanUp()
  })

  const replicas = (): Promise<Replica[]> =>
    listReplicasOfFile(network.provider, { bucketId, fileId: id })

  async function groupsOf(replica: Replica) {
    const file = await findFile(context, id)
    const { account } = await context.farmers.farmerOf(replica.node)
    return await deriveSentinelGroups((await ownReplica(file, replica, account))!)
  }

  test('opens each group once, and commits to the same groups each time', async () => {
    const replica = (await replicas()).at(-1)
    const groups = await groupsOf(replica!)
    assert.equal(groups.length, 4)
    const contract = ownerGroupsContract(network.provider)
    for (let burned = 1; burned <= groups.length; burned++) {
      const report = await escalateReplicas(context, id, [replica!.id], WAIT)
      assert.equal(report.replicas[0]!.outcome, 'proven')
      const asked = await Promise.all(
        groups.map((_, group) => contract.isBurned(replica!.id, group)),
      )
      assert.equal(asked.filter((isBurned) => isBurned).length, burned)
    }
    assert.equal((await contract.commitmentOf(replica!.id))[0], groupsRoot(groups))
    const [refused] = (await escalateReplicas(context, id, [replica!.id], WAIT)).replicas
    assert.equal(refused!.outcome, 'refused')
    assert.match(refused!.message!, /asked for before/)
  })

  test('is lost by farmers that lost leaves: the bond comes back, and what they forfeit is rebuilt', async () => {
    network.node.devnet!.setHeartbeatSeconds(1)
    const [one, ...rest] = await replicas()
    // A segment gives back one shard of three.
    const other = rest.find(
      ({ node, shardIndex }) => node !== one!.node && shardIndex / 256n !== one!.shardIndex / 256n,
    )
    await overwriteLeaves(fileOf.get(one!.node)!(one!.id), 1)
    const extra = await challengeReplicas(context, [one!.id], WAIT)
    const failed = { outcome: 'failed', bondTo: 'challenger' }
    assert.deepEqual(extra.replicas, [{ id: one!.id, node: one!.node, ...failed }])
    assert.equal(extra.returnedWei, BOND)
    await overwriteLeaves(fileOf.get(other!.node)!(other!.id), 1)
    const groups = await escalateReplicas(context, id, [other!.id], WAIT)
    assert.deepEqual(groups.replicas, [{ id: other!.id, node: other!.node, ...failed }])
    assert.equal(groups.returnedWei, BOND)
    const left = await replicas()
    assert.ok(left.every((each) => each.id !== one!.id && each.id !== other!.id))
    const client = await network.client({ bootstrap: network.addresses() })
    const result = await client.repair(id)
    assert.ok(result.isWhole, inspect(result))
    assert.ok(result.rebuiltCount >= 2)
  })
})
