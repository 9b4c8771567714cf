import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ZeroHash } from 'ethers'
import { challengeReplica } from '../../../src/api/actions/challengeReplica.ts'
import { collectReplicas } from '../../../src/api/actions/collectReplicas.ts'
import { collectReward } from '../../../src/api/actions/collectReward.ts'
import { dropReplicas } from '../../../src/api/actions/dropReplicas.ts'
import { getChallenge } from '../../../src/api/actions/getChallenge.ts'
import { getInspectionRecord } from '../../../src/api/actions/getInspectionRecord.ts'
import { getNodeTree } from '../../../src/api/actions/getNodeTree.ts'
import { getReplica } from '../../../src/api/actions/getReplica.ts'
import { joinReplicas } from '../../../src/api/actions/joinReplicas.ts'
import { listChallengesOfNode } from '../../../src/api/actions/listChallengesOfNode.ts'
import { releaseReplicas } from '../../../src/api/actions/releaseReplicas.ts'
import { withdrawBonds } from '../../../src/api/actions/withdrawBonds.ts'
import { ApiError } from '../../../src/api/errors.ts'
import { GENESIS_PARAMS } from '../../../src/protocol/params.ts'
import { type Scene, withReplica } from './inspectedNode.ts'

const refusal = (words: RegExp) => (error: unknown) =>
  error instanceof ApiError && error.code === 'CALL_REVERTED' && words.test(error.message)

/** Mines block by block until the node's tree is frozen, or until it is not. */
async function mineUntilFrozen({ server, provider, node }: Scene, isFrozen: boolean) {
  for (let blocks = 0; blocks < 20; blocks++) {
    const { frozenBy } = await getNodeTree(provider, { node })
    if ((frozenBy !== undefined) === isFrozen) return frozenBy
    await server.control.mine()
  }
  throw new Error(`The tree does not become ${isFrozen ? '' : 'un'}frozen`)
}

describe('a farmer on chain', () => {
  test('joins a replica, which freezes while a challenge waits, and drops it once it is released', () =>
    withReplica(async (scene) => {
      const { owner, farmer, provider, node, change, id } = scene
      await assert.rejects(dropReplicas(farmer, { node, changes: [change] }), refusal(/./))
      await joinReplicas(farmer, { node, changes: [change] })
      assert.ok((await getReplica(provider, { id })).joined)
      const tree = await getNodeTree(provider, { node })
      assert.deepEqual([tree.totalLeaves, tree.height], [BigInt(change.leafCount), 0])

      const challengeId = await mineUntilFrozen(scene, true)
      assert.deepEqual(await listChallengesOfNode(provider, { node }), [challengeId])
      await releaseReplicas(owner, { ids: [id] })
      await assert.rejects(
        dropReplicas(farmer, { node, changes: [change] }),
        refusal(/stands still/),
      )
      await mineUntilFrozen(scene, false)
      const record = await getInspectionRecord(provider, { node })
      assert.deepEqual(record, { passes: 0, strikes: 1, lastPassedTime: undefined })
      await dropReplicas(farmer, { node, changes: [change] })
      assert.equal((await getNodeTree(provider, { node })).root, ZeroHash)
    }))

  test('is challenged by anyone for a bond, and has nothing to take before it proved anything', () =>
    withReplica(async ({ owner, farmer, provider, node, id, change, server }) => {
      const bondWei = GENESIS_PARAMS.challengeBondWei
      const { challengeId } = await challengeReplica(owner, { id, bondWei })
      assert.deepEqual(await listChallengesOfNode(provider, { node }), [challengeId])
      const challenge = await getChallenge(provider, { id: challengeId })
      assert.equal(challenge!.replicaId, id)
      assert.equal(challenge!.seed, undefined, 'nobody knows yet which leaves it asks for')
      assert.equal(challenge!.totalLeaves, BigInt(change.leafCount))
      await assert.rejects(collectReplicas(farmer, { ids: [id] }), refusal(/Nothing was earned/))
      await assert.rejects(collectReward(farmer), refusal(/./))
      await server.control.mine({ blocks: 12 })
      assert.equal(await getChallenge(provider, { id: challengeId }), undefined)
      const before = await provider.getBalance(owner.address)
      const { amountWei, feeWei } = await withdrawBonds(owner, { holder: 'Inspections' })
      assert.equal(amountWei, bondWei, 'the farmer stayed silent')
      assert.equal(await provider.getBalance(owner.address), before + bondWei - feeWei)
    }))
})
