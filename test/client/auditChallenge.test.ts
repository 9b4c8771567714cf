import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { challengeGroup } from '../../src/api/actions/challengeGroup.ts'
import { commitGroups } from '../../src/api/actions/commitGroups.ts'
import type { Replica } from '../../src/api/actions/getReplica.ts'
import { listReplicasOfFile } from '../../src/api/actions/listReplicasOfFile.ts'
import { ownReplica } from '../../src/client/audit/ownReplica.ts'
import type { ClientContext } from '../../src/client/context.ts'
import { ownerGroupsContract } from '../../src/client/escalation/contract.ts'
import { awaitGroup } from '../../src/client/escalation/groupChallenge.ts'
import {
  deriveSentinelGroups,
  groupsRoot,
  revealGroup,
} from '../../src/client/escalation/sentinelGroups.ts'
import { challengeReplicas, escalateReplicas } from '../../src/client/escalation.ts'
import { findFile } from '../../src/client/findFile.ts'
import { openContext } from '../../src/client/openContext.ts'
import { GENESIS_PARAMS } from '../../src/protocol/params.ts'
import { createMutex } from '../../src/util/mutex.ts'
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

  before(async () => {
    network = await startTestNetwork(scope, {
      periodSlots: SHORT_PERIOD_SLOTS,
      count: 3,
      farmer: { inspection: INSPECTION },
    })
    bucketId = await network.buyBucket()
    const workDirectory = network.directory()
    const bootstrap = network.addresses()
    const options = { workDirectory, bootstrap, maxShardBytes: 65_536, code: CODE }
    const uploader = await network.client(options)
    const bytes = patternBytes(3 * 65_536 + 17)
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
    const fileId = id
    for (;;) {
      const all = await listReplicasOfFile(provider, { bucketId, fileId })
      if (all.every(({ joined }) => joined)) break
      await sleep(200)
    }
  })
  after(async () => {
    for (const cleanUp of cleanUps.reverse()) await cleanUp()
  })

  const replicasOf = async (node: bigint): Promise<Replica[]> =>
    (await listReplicasOfFile(network.provider, { bucketId, fileId: id })).filter(
      (replica) => replica.node === node,
    )
  const honest = async (): Promise<Replica[]> => await replicasOf(network.farmers[0]!.node)

  async function groupsOf(replica: Replica) {
    const file = await findFile(context, id)
    const { account } = await context.farmers.farmerOf(replica.node)
    return await deriveSentinelGroups((await ownReplica(file, replica, account))!)
  }

  test('is won by honest farmers: for random leaves, and for hidden sentinels', async () => {
    const [one, other] = await honest()
    const balance = await network.provider.getBalance(network.signer.address)
    const extra = await challengeReplicas(context, [one!.id, other!.id], WAIT)
    assert.deepEqual(
      extra.replicas.map(({ outcome, bondTo }) => [outcome, bondTo]),
      [
        ['proven', 'farmer'],
        ['proven', 'farmer'],
      ],
    )
    assert.deepEqual([extra.bondWei, extra.returnedWei], [BOND, 0n])
    const groups = await escalateReplicas(context, id, [one!.id], WAIT)
    assert.deepEqual(groups.replicas[0], {
      ...{ id: one!.id, node: one!.node },
      ...{ outcome: 'proven', bondTo: 'farmer' },
    })
    const paid = balance - (await network.provider.getBalance(network.signer.address))
    assert.ok(paid >= 3n * BOND && paid < 3n * BOND + BOND / 10n)
  })

  test('costs the owner its bond where it committed to something false, and shows that it was the owner', async () => {
    const replica = (await honest()).at(-1)!
    const groups = await groupsOf(replica)
    groups[1]!.digest = groups[0]!.digest
    const { signer } = network
    await commitGroups(signer, {
      id: replica.id,
      groupsRoot: groupsRoot(groups),
      groupCount: groups.length,
    })
    const reveal = revealGroup(groups, 1)
    const { blockNumber } = await challengeGroup(signer, { id: replica.id, reveal, bondWei: BOND })
    const wait = { ...WAIT, signal: context.closing, sending: createMutex() }
    const ending = await awaitGroup(context, replica, blockNumber, wait)
    assert.deepEqual(ending, { outcome: 'ownerAtFault', bondTo: 'farmer' })
    assert.equal(await ownerGroupsContract(network.provider).creditOf(signer.address), 0n)
    assert.ok((await honest()).some((each) => each.id === replica.id))
    const again = await escalateReplicas(context, id, [replica.id], WAIT)
    assert.equal(again.replicas[0]!.outcome, 'refused')
    assert.match(again.replicas[0]!.message!, /shown to be false/)
  })
})
