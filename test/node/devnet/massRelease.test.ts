import assert from 'node:assert/strict'
import { test } from 'node:test'
import { releaseReplicas } from '../../../src/api/actions/releaseReplicas.ts'
import { readSystemEvents } from '../../../src/node/systemState.ts'
import {
  hold,
  mineUntil,
  passInspection,
  startFarmer,
  startNetwork,
} from '../../storage/farmer/network.ts'

const BURST_BLOCKS = 100n

test('a burst of blocks after most replicas are released strikes no farmer, which then goes on as before', async (t) => {
  const network = await startNetwork(t)
  const { node, buyer } = network
  // The farmer itself sees to its chain more rarely than the burst's rounds pass.
  const farmer = await startFarmer(network, {
    watchEveryMs: 1_000,
    inspection: { everyMs: 1_000, joinAfterMs: 0 },
  })
  const gone = [await hold(network, farmer, 200), await hold(network, farmer, 200)]
  await hold(network, farmer, 40)
  await mineUntil(network, farmer, () => farmer.status().inspections.joinedReplicas === 3)
  await passInspection(network, farmer)
  await releaseReplicas(buyer, { ids: gone.map(({ id }) => id) })
  const released = node.chain.head.header.number

  while (node.chain.head.header.number < released + BURST_BLOCKS) {
    await buyer.sendTransaction({ to: buyer.address, value: 1n })
  }
  await mineUntil(network, farmer, () => farmer.status().inspections.joinedReplicas === 1)
  await passInspection(network, farmer)

  const names = new Set<string>()
  for (let number = released; number <= node.chain.head.header.number; number++) {
    const block = node.chain.blockByNumber(number)!
    for (const { name } of readSystemEvents(node.chain, block, 'Inspections')) names.add(name)
  }
  assert.ok(!names.has('Struck') && !names.has('Discharged'), [...names].join())
  assert.ok(names.has('TreeStale'))
  assert.equal(farmer.status().inspections.totals.struck, 0)
})
