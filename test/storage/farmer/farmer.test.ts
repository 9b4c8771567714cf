import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hexToBytes } from '@ethereumjs/util'
import { storageMarketContract } from '../../../src/api/contracts.ts'
import { createHost } from '../../../src/p2p/createHost.ts'
import { decodePeerRecord } from '../../../src/p2p/peerRecord.ts'
import { verifyReplicaOffer } from '../../../src/protocol/replicaContract.ts'
import { prepareDHT } from '../../../src/storage/dht/prepareDHT.ts'
import { encodeRecordKey } from '../../../src/storage/dht/recordKey.ts'
import { createStakeRule } from '../../../src/storage/farmer/mayPublish.ts'
import { farmerInfoProtocol } from '../../../src/storage/shardProtocol/farmerInfo.ts'
import { openReadSession } from '../../../src/storage/shardProtocol/openReadSession.ts'
import { replicaStatusProtocol } from '../../../src/storage/shardProtocol/replicaStatus.ts'
import {
  createChannel,
  makeReplica,
  register,
  startFarmer,
  startNetwork,
  store,
  targetOf,
  temporaryDirectory,
} from './network.ts'

test('a replica is stored, registered, read leaf by leaf and paid for', async (t) => {
  const network = await startNetwork(t)
  const farmer = await startFarmer(network, { redeem: { minBytes: 1n } })
  const replica = makeReplica(network, farmer)
  const signature = await store(network, farmer, replica)
  assert.ok(verifyReplicaOffer(network.chainId, farmer.account, replica.offer, signature))
  await register(network, replica, signature)
  await farmer.checkChain()
  const status = await replicaStatusProtocol.request(network.host, targetOf(farmer), {
    replicaId: replica.id,
  })
  assert.deepEqual(status, {
    receivedBytes: replica.offer.sizeBytes,
    isAcknowledged: true,
    isRegistered: true,
  })

  const session = await openReadSession(network.host, targetOf(farmer), {
    replica,
    channel: createChannel(network, farmer),
  })
  const read: Uint8Array[] = []
  for await (const { leaves } of session.read([{ first: 0, count: replica.leafCount }])) {
    read.push(leaves)
  }
  await session.close()
  assert.deepEqual(Buffer.concat(read), Buffer.from(replica.bytes))

  const { buyer, provider } = network
  const trafficOf = () => storageMarketContract(provider).trafficOf(buyer.address)
  const before = await trafficOf()
  await farmer.redeem()
  const { earnedWei, unredeemedBytes, servedBytes } = farmer.status()
  assert.equal(servedBytes, replica.offer.sizeBytes)
  assert.equal(unredeemedBytes, 0n)
  assert.ok(earnedWei.traffic > 0n)
  assert.equal(before - (await trafficOf()), replica.offer.sizeBytes)
})

test('earnings and receipts outlive the farmer, and what is worth it is redeemed when it stops', async (t) => {
  const network = await startNetwork(t)
  const dataDirectory = temporaryDirectory(t)
  const redeem = { minBytes: 1n }
  const farmer = await startFarmer(network, { dataDirectory, redeem })
  const replica = makeReplica(network, farmer)
  await store(network, farmer, replica)
  const session = await openReadSession(network.host, targetOf(farmer), {
    replica,
    channel: createChannel(network, farmer),
  })
  for await (const { leaves } of session.read([{ first: 0, count: 100 }])) assert.ok(leaves.length)
  await session.close()
  const { bytes } = replica
  while (farmer.status().unredeemedBytes === 0n)
    await new Promise((resolve) => setTimeout(resolve, 5))
  assert.equal(farmer.status().unredeemedBytes, 102_400n)
  await farmer.stop()
  const again = await startFarmer(network, { dataDirectory, redeem })
  assert.equal(again.status().unredeemedBytes, 0n)
  assert.ok(again.status().earnedWei.traffic > 0n)
  assert.equal(again.status().usedBytes, bytes.length)
})

test('a farmer tells what it is and what it takes', async (t) => {
  const network = await startNetwork(t)
  const priceWeiPerGBDay = 7n * 10n ** 14n
  const farmer = await startFarmer(network, { priceWeiPerGBDay })
  const info = await farmerInfoProtocol.request(network.host, targetOf(farmer), {})
  assert.equal(info.account, farmer.account)
  assert.equal(info.node, farmer.node)
  assert.equal(info.priceWeiPerGBDay, priceWeiPerGBDay)
  assert.equal(info.freeBytes, info.capacityBytes)
  const cheap = makeReplica(network, farmer)
  await assert.rejects(store(network, farmer, cheap), { code: 'PRICE_TOO_LOW' })
})

test('farmers publish where they are, and only staked accounts may', async (t) => {
  const network = await startNetwork(t)
  const first = await startFarmer(network)
  const bootstrap = first.addresses()
  const second = await startFarmer(network, { index: 1, bootstrap })
  const { chainId } = network
  const genesisHash = network.node.chain.genesis.hash()
  const prepared = prepareDHT({ chain: { chainId, genesisHash } })
  const host = await createHost({ dht: prepared.hostOptions, bootstrap })
  network.cleanUp.add(() => host.stop())
  const dht = await prepared.start(host)
  network.cleanUp.add(() => dht.stop())
  const account = hexToBytes(second.account as `0x${string}`)
  const key = encodeRecordKey({ kind: 'peer', account, subject: second.peerId })
  let value: Uint8Array | undefined
  while (value === undefined) {
    await new Promise((resolve) => setTimeout(resolve, 100))
    value = await dht.get(key, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined)
  }
  assert.deepEqual(decodePeerRecord(value).addresses, second.addresses())

  const mayPublish = createStakeRule(network.provider)
  assert.equal(await mayPublish({ kind: 'peer', account }), true)
  const stranger = new Uint8Array(20).fill(7)
  assert.equal(await mayPublish({ kind: 'peer', account: stranger }), false)
  assert.equal(await mayPublish({ kind: 'replica', account: stranger }), false)
  assert.equal(await mayPublish({ kind: 'stream', account: stranger }), true)
})
