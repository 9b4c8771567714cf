import assert from 'node:assert/strict'
import { open } from 'node:fs/promises'
import { describe, test } from 'node:test'
import { getNode } from '../../../../src/api/actions/getNode.ts'
import { stakingContract } from '../../../../src/api/contracts.ts'
import type { Farmer } from '../../../../src/storage/farmer/farmer.ts'
import {
  hold,
  makeReplica,
  mineUntil,
  startFarmer,
  startNetwork,
  store,
  temporaryDirectory,
} from '../network.ts'

const inspectionsOf = (farmer: Farmer) => farmer.status().inspections

describe('a farmer that lost what it holds', () => {
  test('sends nothing false, is discharged, says so and takes no more', async (t) => {
    const network = await startNetwork(t)
    const dataDirectory = temporaryDirectory(t)
    const farmer = await startFarmer(network, { dataDirectory })
    const replica = await hold(network, farmer, 400)
    await mineUntil(network, farmer, () => inspectionsOf(farmer).joinedReplicas === 1)
    const file = await open(`${dataDirectory}/replicas/${replica.id.slice(2)}.replica`, 'r+')
    await file.write(new Uint8Array(replica.bytes.length), 0, replica.bytes.length, 0)
    await file.close()
    await mineUntil(network, farmer, () => inspectionsOf(farmer).isDischarged)
    const { totals, history } = inspectionsOf(farmer)
    assert.deepEqual([totals.answered, totals.failed, totals.missed], [0, 3, 3])
    assert.equal(history[0]!.kind, 'discharged')
    const { provider } = network
    const { active, dischargedTime } = await getNode(provider, { node: farmer.node })
    assert.equal(active, false)
    assert.notEqual(dischargedTime, undefined)
    await assert.rejects(store(network, farmer, makeReplica(network, farmer, { leaves: 30 })), {
      code: 'NO_CAPACITY',
    })

    const staked = (): Promise<bigint> => stakingContract(provider).stakeOf(farmer.account)
    const left = await staked()
    await farmer.stop()
    const again = await startFarmer(network, { dataDirectory })
    assert.equal(again.node, farmer.node)
    assert.ok(inspectionsOf(again).isDischarged)
    assert.equal(await staked(), left, 'nothing is staked anew without its operator')
  })
})
