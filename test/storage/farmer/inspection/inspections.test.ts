import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { challengeReplica } from '../../../../src/api/actions/challengeReplica.ts'
import { getReplica } from '../../../../src/api/actions/getReplica.ts'
import { releaseReplicas } from '../../../../src/api/actions/releaseReplicas.ts'
import { inspectionsContract } from '../../../../src/api/contracts.ts'
import { GENESIS_PARAMS } from '../../../../src/protocol/params.ts'
import type { Farmer } from '../../../../src/storage/farmer/farmer.ts'
import {
  hold,
  mineUntil,
  passInspection,
  startFarmer,
  startNetwork,
  type TestReplica,
  temporaryDirectory,
} from '../network.ts'

const inspectionsOf = (farmer: Farmer) => farmer.status().inspections

describe('a farmer that is inspected', () => {
  test('joins what is registered and proves it round after round, which earns its pay', async (t) => {
    const network = await startNetwork(t)
    const farmer = await startFarmer(network)
    const replicas: TestReplica[] = []
    for (const leaves of [40, 1, 700, 33]) replicas.push(await hold(network, farmer, leaves))
    await mineUntil(network, farmer, () => inspectionsOf(farmer).joinedReplicas === 4)
    for (let round = 0; round < 3; round++) await passInspection(network, farmer)
    const { totals, window, joinedLeaves, provenSeconds, history } = inspectionsOf(farmer)
    const { answered, passed } = totals
    assert.deepEqual(totals, { answered, passed, failed: 0, missed: 0, struck: 0 })
    assert.ok(passed >= 3 && answered >= passed)
    assert.deepEqual([window.passes, window.strikes, joinedLeaves], [passed, 0, 774n])
    assert.ok(provenSeconds > 0n)
    assert.deepEqual(
      history.map(({ kind }) => kind),
      Array.from({ length: passed }, () => 'passed'),
    )
    for (const { id } of replicas) {
      const { joined, earnedWei } = await getReplica(network.provider, { id })
      assert.ok(joined)
      assert.ok(earnedWei > 0n)
    }
  })

  test('answers for the rest while released replicas are still in its tree', async (t) => {
    const network = await startNetwork(t)
    const farmer = await startFarmer(network)
    const [gone, kept] = [await hold(network, farmer, 100), await hold(network, farmer, 900)]
    await mineUntil(network, farmer, () => inspectionsOf(farmer).joinedReplicas === 2)
    // Released between two looks of the farmer, just before the round that asks again.
    await passInspection(network, farmer)
    await releaseReplicas(network.buyer, { ids: [gone.id] })
    await passInspection(network, farmer)
    await mineUntil(network, farmer, () => inspectionsOf(farmer).joinedReplicas === 1)
    assert.equal(farmer.status().usedBytes, kept.bytes.length)
    await passInspection(network, farmer)
    assert.equal(inspectionsOf(farmer).totals.struck, 0)
  })

  test('answers whoever pays to challenge one of its replicas, and has half the bond', async (t) => {
    const network = await startNetwork(t)
    const farmer = await startFarmer(network)
    const { id } = await hold(network, farmer, 64)
    await farmer.checkChain()
    const bondWei = GENESIS_PARAMS.challengeBondWei
    const { challengeId } = await challengeReplica(network.buyer, { id, bondWei })
    const { creditOf } = inspectionsContract(network.provider)
    await mineUntil(network, farmer, () =>
      inspectionsOf(farmer).history.some(
        (outcome) => outcome.challengeId === challengeId && outcome.kind === 'passed',
      ),
    )
    assert.equal(await creditOf(farmer.account), bondWei / 2n)
  })

  test('answers after a restart what was opened before', async (t) => {
    const network = await startNetwork(t)
    const dataDirectory = temporaryDirectory(t)
    const farmer = await startFarmer(network, { dataDirectory })
    await hold(network, farmer, 500)
    await mineUntil(network, farmer, () => inspectionsOf(farmer).challenges.length > 0)
    await farmer.stop()
    await network.node.devnet!.mine({ blocks: 3 })
    const again = await startFarmer(network, { dataDirectory })
    await mineUntil(network, again, () => inspectionsOf(again).window.passes === 1)
    assert.equal(inspectionsOf(again).totals.struck, 0)
  })

  test('goes back with a chain that is rewound, and joins again', async (t) => {
    const network = await startNetwork(t)
    const farmer = await startFarmer(network)
    await hold(network, farmer, 200)
    const { devnet } = network.node
    await mineUntil(network, farmer, () => inspectionsOf(farmer).joinedReplicas === 1)
    await passInspection(network, farmer)
    const snapshot = await devnet!.snapshot()
    await hold(network, farmer, 300)
    await mineUntil(network, farmer, () => inspectionsOf(farmer).joinedReplicas === 2)
    await passInspection(network, farmer)
    await devnet!.revert(snapshot)
    await farmer.checkChain()
    assert.equal(inspectionsOf(farmer).joinedLeaves, 200n)
    await hold(network, farmer, 400)
    await mineUntil(network, farmer, () => inspectionsOf(farmer).joinedLeaves === 600n)
    await passInspection(network, farmer)
    assert.equal(inspectionsOf(farmer).totals.struck, 0)
  })
})
