import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keccak256, solidityPackedKeccak256 } from 'ethers'
import { challengeGroup } from '../../../../src/api/actions/challengeGroup.ts'
import { commitGroups } from '../../../../src/api/actions/commitGroups.ts'
import { sentinelGroupsContract } from '../../../../src/api/contracts.ts'
import { GENESIS_PARAMS } from '../../../../src/protocol/params.ts'
import {
  hold,
  mineUntil,
  type StorageNetwork,
  startFarmer,
  startNetwork,
  type TestReplica,
} from '../network.ts'

const POSITIONS = [3, 17, 18, 91]
const SALT = `0x${'5a'.repeat(32)}`
const bondWei = GENESIS_PARAMS.challengeBondWei

/** Commits to one group, true or not, and asks for it. */
async function ask({ buyer }: StorageNetwork, { id, bytes }: TestReplica, isTrue: boolean) {
  const leaves = POSITIONS.map((at) => bytes.subarray(at * 1_024, (at + 1) * 1_024))
  const digest = keccak256(isTrue ? Buffer.concat(leaves) : SALT)
  const groupsRoot = solidityPackedKeccak256(
    ['bytes1', 'uint32', 'bytes32', 'uint32[]', 'bytes32'],
    ['0x04', 0, SALT, POSITIONS, digest],
  )
  await commitGroups(buyer, { id, groupsRoot, groupCount: 1 })
  const reveal = { group: 0n, salt: SALT, positions: POSITIONS.map(BigInt), path: [] }
  await challengeGroup(buyer, { id, reveal, bondWei })
}

test('an owner who asks for a sentinel group is answered, and at fault where it committed to what is not there', async (t) => {
  const network = await startNetwork(t)
  const farmer = await startFarmer(network)
  const groups = sentinelGroupsContract(network.provider)
  for (const [at, isTrue] of [true, false].entries()) {
    const replica = await hold(network, farmer, 120)
    await mineUntil(network, farmer, () => farmer.status().inspections.joinedReplicas === at + 1)
    await ask(network, replica, isTrue)
    await farmer.checkChain()
    assert.equal(await groups.creditOf(farmer.account), BigInt(at + 1) * bondWei)
  }
  const faults = await groups.queryFilter(groups.getEvent('OwnerAtFault')(farmer.node), 0)
  assert.equal(faults.length, 1, 'the false commitment is shown, the true one is not')
  assert.equal(farmer.status().inspections.totals.failed, 0)
})
