import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { describe, test } from 'node:test'
import { getNode } from '../../../src/api/actions/getNode.ts'
import { releaseReplicas } from '../../../src/api/actions/releaseReplicas.ts'
import { storageMarketContract } from '../../../src/api/contracts.ts'
import { openReadSession } from '../../../src/storage/shardProtocol/openReadSession.ts'
import {
  createChannel,
  makeReplica,
  mineUntil,
  passInspection,
  register,
  type StorageNetwork,
  startFarmer,
  startNetwork,
  store,
  targetOf,
  temporaryDirectory,
} from './network.ts'

const DAY = 86_400n

const moveTime = async ({ node }: StorageNetwork, seconds: bigint): Promise<void> => {
  await node.devnet!.increaseTime(seconds)
  await node.devnet!.mine()
}

describe('a replica’s time', () => {
  test('ends with its term: it is paid for, released on chain and removed', async (t) => {
    const network = await startNetwork(t)
    const dataDirectory = temporaryDirectory(t)
    const farmer = await startFarmer(network, { dataDirectory, watchEveryMs: 60_000 })
    const replica = makeReplica(network, farmer)
    await register(network, replica, await store(network, farmer, replica))
    await farmer.checkChain()
    assert.equal(farmer.status().replicas.registered, 1)
    const { provider } = network
    assert.equal((await getNode(provider, { node: farmer.node })).replicaCount, 1n)

    await moveTime(network, 90n * DAY - 1_800n)
    await farmer.checkChain()
    assert.equal(farmer.status().usedBytes, replica.bytes.length, 'its last days are not proven')
    await passInspection(network, farmer)
    await mineUntil(network, farmer, () => farmer.status().usedBytes === 0)
    const { priceWei } = replica.offer
    const missedWei = priceWei - farmer.status().earnedWei.storage
    const minuteWei = priceWei / (90n * 24n * 60n)
    assert.ok(missedWei >= 0n && missedWei < minuteWei, 'all but the time before it joined')
    assert.equal((await getNode(provider, { node: farmer.node })).replicaCount, 0n)
    assert.deepEqual(await readdir(`${dataDirectory}/replicas`), [])
    const session = await openReadSession(network.host, targetOf(farmer), {
      replica,
      channel: createChannel(network, farmer),
    })
    await assert.rejects(session.read([{ first: 0, count: 1 }]).next(), {
      code: 'UNKNOWN_REPLICA',
    })
  })

  test('ends when its owner releases it, once no inspection can ask for it', async (t) => {
    const network = await startNetwork(t)
    const farmer = await startFarmer(network)
    const replica = makeReplica(network, farmer)
    await register(network, replica, await store(network, farmer, replica))
    await mineUntil(network, farmer, () => farmer.status().inspections.challenges.length > 0)
    await releaseReplicas(network.buyer, { ids: [replica.id] })
    await farmer.checkChain()
    assert.equal(
      farmer.status().usedBytes,
      replica.bytes.length,
      'a challenge was announced before',
    )
    await mineUntil(network, farmer, () => farmer.status().usedBytes === 0)
    const { totals, joinedReplicas } = farmer.status().inspections
    assert.deepEqual([totals.passed, totals.struck, joinedReplicas], [1, 0, 0])
  })

  test('pays from day to day, and what it earned when its owner releases it', async (t) => {
    const network = await startNetwork(t)
    const farmer = await startFarmer(network, { watchEveryMs: 60_000 })
    const priceWei = 10n ** 17n
    const replica = makeReplica(network, farmer, { priceWei })
    await register(network, replica, await store(network, farmer, replica))
    await farmer.checkChain()
    const earned = (): bigint => farmer.status().earnedWei.storage
    await passInspection(network, farmer)
    await moveTime(network, 30n * DAY)
    await farmer.checkChain()
    assert.equal(earned(), 0n, 'nothing is earned before it is proven')
    await passInspection(network, farmer)
    await moveTime(network, DAY)
    await farmer.checkChain()
    const collected = earned()
    assert.ok(collected > priceWei / 4n && collected < priceWei / 2n, `${collected} wei`)
    await moveTime(network, 15n * DAY)
    await passInspection(network, farmer)
    await releaseReplicas(network.buyer, { ids: [replica.id] })
    await farmer.checkChain()
    assert.ok(earned() > (priceWei * 2n) / 5n && earned() < (priceWei * 3n) / 5n, `${earned()} wei`)
    const { creditOf } = storageMarketContract(network.provider)
    assert.equal(await creditOf(farmer.account), 0n)
  })

  test('ends with its offer when nobody registered it, and in two minutes when it did not arrive', async (t) => {
    const network = await startNetwork(t)
    const farmer = await startFarmer(network)
    await store(network, farmer, makeReplica(network, farmer))
    const half = makeReplica(network, farmer)
    const cut = { ...half, bytes: half.bytes.subarray(0, 102_400) }
    await assert.rejects(store(network, farmer, cut), { code: 'SIZE_MISMATCH' })
    await moveTime(network, 60n)
    await farmer.checkChain()
    assert.equal(farmer.status().usedBytes, 2 * half.bytes.length)
    await moveTime(network, 90n)
    await farmer.checkChain()
    assert.equal(farmer.status().usedBytes, half.bytes.length)
    await moveTime(network, 1_640n)
    await farmer.checkChain()
    assert.equal(farmer.status().usedBytes, half.bytes.length)
    await moveTime(network, 200n)
    await farmer.checkChain()
    assert.equal(farmer.status().usedBytes, 0)
  })

  test('goes on when the chain is rewound to before its registration, and after it is made again', async (t) => {
    const network = await startNetwork(t)
    const farmer = await startFarmer(network)
    const replica = makeReplica(network, farmer)
    const signature = await store(network, farmer, replica)
    const { devnet } = network.node
    const snapshot = await devnet!.snapshot()
    await register(network, replica, signature)
    await farmer.checkChain()
    assert.equal(farmer.status().replicas.registered, 1)
    await devnet!.revert(snapshot)
    await farmer.checkChain()
    assert.equal(farmer.status().replicas.acknowledged, 1)
    await register(network, replica, signature)
    await farmer.checkChain()
    assert.equal(farmer.status().replicas.registered, 1)
  })
})

test('a farmer that was away finds on chain what was registered meanwhile', async (t) => {
  const network = await startNetwork(t)
  const dataDirectory = temporaryDirectory(t)
  const farmer = await startFarmer(network, { dataDirectory })
  const replica = makeReplica(network, farmer)
  const signature = await store(network, farmer, replica)
  await farmer.stop()
  await register(network, replica, signature)
  const again = await startFarmer(network, { dataDirectory })
  assert.equal(again.status().replicas.registered, 1)
  assert.equal(again.node, farmer.node)
})

test('a data directory of another chain is refused', async (t) => {
  const network = await startNetwork(t)
  const dataDirectory = temporaryDirectory(t)
  await (await startFarmer(network, { dataDirectory })).stop()
  const { createDevnet } = await import('../../../src/node/devnet.ts')
  const { createRPCServer } = await import('../../../src/node/rpc/server.ts')
  const node = await createDevnet({ chainId: 31_301n })
  network.cleanUp.add(() => node.close())
  const server = await createRPCServer({ node, port: 0 })
  network.cleanUp.add(() => server.close())
  await assert.rejects(startFarmer({ ...network, url: server.url }, { dataDirectory }), {
    name: 'StorageError',
    code: 'WRONG_CHAIN',
  })
})
