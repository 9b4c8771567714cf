import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { bytesToHex } from '@ethereumjs/util'
import { type JsonRpcProvider, Wallet } from 'ethers'
import { type BuySpaceResult, buySpace } from '../../../src/api/actions/buySpace.ts'
import { buyTraffic } from '../../../src/api/actions/buyTraffic.ts'
import { collectReplicas } from '../../../src/api/actions/collectReplicas.ts'
import { getAccount } from '../../../src/api/actions/getAccount.ts'
import { getBucket } from '../../../src/api/actions/getBucket.ts'
import { getNode } from '../../../src/api/actions/getNode.ts'
import { getReplica } from '../../../src/api/actions/getReplica.ts'
import { listNodes } from '../../../src/api/actions/listNodes.ts'
import { listReplicasOfFile } from '../../../src/api/actions/listReplicasOfFile.ts'
import { listReplicasOfNode } from '../../../src/api/actions/listReplicasOfNode.ts'
import { nameSteward } from '../../../src/api/actions/nameSteward.ts'
import { redeemTraffic } from '../../../src/api/actions/redeemTraffic.ts'
import { registerReplicas, type SignedOffer } from '../../../src/api/actions/registerReplicas.ts'
import { releaseReplicas } from '../../../src/api/actions/releaseReplicas.ts'
import { ApiError } from '../../../src/api/errors.ts'
import { connectProvider } from '../../../src/api/provider.ts'
import { createDevnetFarmers, DEVNET_FARMER_TERMS } from '../../../src/protocol/devnetFarmers.ts'
import { signTrafficReceipt } from '../../../src/protocol/receipts.ts'
import { type ReplicaOffer, signReplicaOffer } from '../../../src/protocol/replicaContract.ts'
import { startTestServer, type TestServer } from '../../helpers/rpc.ts'

const CHAIN_ID = 31_300n
const DAY = 86_400n
const GB = 1_000_000_000n
const FILE = `0x${'f1'.repeat(32)}`
const PRICE = 10n ** 13n
const farmers = createDevnetFarmers()

interface Scene {
  server: TestServer
  provider: JsonRpcProvider
  owner: Wallet
  farmer: Wallet
  bucket: BuySpaceResult
}

/** A devnet on which an owner has bought 1 GB for ten days, and the farmer of node 0. */
async function withBucket(work: (scene: Scene) => Promise<void>): Promise<void> {
  await using server = await startTestServer()
  const provider = await connectProvider(server.server.url)
  try {
    const owner = new Wallet(server.wallet(1).privateKey, provider)
    const farmer = new Wallet(bytesToHex(farmers[0]!.privateKey), provider)
    const space = { sizeBytes: GB, termSeconds: 10n * DAY, backups: 1 }
    await work({ server, provider, owner, farmer, bucket: await buySpace(owner, space) })
  } finally {
    provider.destroy()
  }
}

async function offerOf({ bucket, farmer }: Scene, shard: number): Promise<SignedOffer> {
  const offer: ReplicaOffer = {
    bucketId: bucket.id,
    fileId: FILE,
    shardIndex: BigInt(shard),
    node: 0n,
    root: `0x${'ab'.repeat(32)}`,
    leafCount: 10n,
    sizeBytes: 10_240n,
    priceWei: PRICE,
    endTime: bucket.endTime,
    salt: `0x${shard.toString(16).padStart(64, '0')}`,
    expiry: bucket.startTime + 3_600n,
  }
  return { offer, signature: await signReplicaOffer(farmer, CHAIN_ID, offer) }
}

const refusal = (words: RegExp) => (error: unknown) =>
  error instanceof ApiError && error.code === 'CALL_REVERTED' && words.test(error.message)

describe('an owner', () => {
  test('registers replicas, finds them by file and by node, and releases them', () =>
    withBucket(async (scene) => {
      const { owner, provider, bucket } = scene
      const offers = [await offerOf(scene, 0), await offerOf(scene, 1)]
      const { ids } = await registerReplicas(owner, { offers })
      const byFile = await listReplicasOfFile(provider, { bucketId: bucket.id, fileId: FILE })
      assert.deepEqual(
        byFile.map(({ id }) => id),
        ids,
      )
      assert.deepEqual(await listReplicasOfNode(provider, { node: 0n }), byFile)
      assert.deepEqual(await listReplicasOfNode(provider, { node: 1n }), [])
      const replica = await getReplica(provider, { id: ids[1]! })
      const { salt, expiry, ...terms } = offers[1]!.offer
      assert.deepEqual({ ...replica, ...terms }, replica)
      assert.equal((await getBucket(provider, { id: bucket.id })).usedBytes, 20_480n)
      const released = await releaseReplicas(owner, { ids })
      assert.deepEqual(
        released.replicas.map(({ id }) => id),
        ids,
      )
      for (const { earnedWei, unearnedWei } of released.replicas) {
        assert.equal(earnedWei + unearnedWei, PRICE)
      }
      assert.deepEqual(await listReplicasOfNode(provider, { node: 0n }), [])
    }))

  test('is told in words what Replicas and the contracts behind it refuse', () =>
    withBucket(async (scene) => {
      const { owner, farmer } = scene
      const signed = await offerOf(scene, 0)
      await assert.rejects(
        registerReplicas(owner, { offers: [{ ...signed, signature: '0x1234' }] }),
        refusal(/not signed by 0x/),
      )
      const offer = { ...signed.offer, priceWei: 10n ** 18n }
      const signature = await signReplicaOffer(farmer, CHAIN_ID, offer)
      await assert.rejects(
        registerReplicas(owner, { offers: [{ offer, signature }] }),
        refusal(/price of 1 GNX is more than the .* left in escrow/),
      )
      await assert.rejects(
        registerReplicas(farmer, { offers: [signed] }),
        refusal(/neither owner nor steward/),
      )
      await assert.rejects(getReplica(owner, { id: FILE }), refusal(/There is no replica/))
    }))

  test('names a steward, who may then register in its stead', () =>
    withBucket(async (scene) => {
      const { owner, server, provider, bucket } = scene
      const steward = new Wallet(server.wallet(2).privateKey, provider)
      const offers = [await offerOf(scene, 0)]
      await nameSteward(owner, { bucketId: bucket.id, steward: steward.address })
      assert.equal((await registerReplicas(steward, { offers })).ids.length, 1)
      await nameSteward(owner, { bucketId: bucket.id })
      const more = [await offerOf(scene, 1)]
      await assert.rejects(registerReplicas(steward, { offers: more }), refusal(/neither owner/))
    }))
})

describe('a farmer', () => {
  test('has nothing to collect for a replica that it has not proven, however long it is', () =>
    withBucket(async (scene) => {
      const { owner, farmer, provider, server, bucket } = scene
      const { ids } = await registerReplicas(owner, { offers: [await offerOf(scene, 0)] })
      await server.control.setNextBlockTimestamp(bucket.endTime)
      await assert.rejects(collectReplicas(farmer, { ids }), refusal(/Nothing was earned/))
      const { joined, earnedWei } = await getReplica(provider, { id: ids[0]! })
      assert.deepEqual([joined, earnedWei], [false, 0n])
    }))

  test('redeems a buyer’s receipt for coins', () =>
    withBucket(async ({ owner, farmer, provider }) => {
      await buyTraffic(owner, { trafficBytes: GB })
      const { trafficBytes } = await getAccount(provider, { address: owner.address })
      const receipt = await signTrafficReceipt(owner, CHAIN_ID, {
        buyer: owner.address,
        farmer: farmer.address,
        channel: 1n,
        cumulativeBytes: GB / 2n,
      })
      const before = await provider.getBalance(farmer.address)
      const redeemed = await redeemTraffic(owner, { receipt })
      assert.equal(redeemed.redeemedBytes, GB / 2n)
      assert.equal(redeemed.refusedBytes, 0n)
      assert.equal(await provider.getBalance(farmer.address), before + redeemed.amountWei)
      const after = await getAccount(provider, { address: owner.address })
      assert.equal(after.trafficBytes, trafficBytes - GB / 2n)
      await assert.rejects(redeemTraffic(farmer, { receipt }), refusal(/redeemed already/))
    }))

  test('is found with what its node offers and holds', () =>
    withBucket(async (scene) => {
      const { owner, provider } = scene
      await registerReplicas(owner, { offers: [await offerOf(scene, 0)] })
      const nodes = await listNodes(provider)
      assert.deepEqual(
        nodes.map(({ node }) => node),
        farmers.map(({ node }) => node),
      )
      const [first] = nodes
      assert.deepEqual(first, await getNode(provider, { node: 0n }))
      assert.deepEqual(first, {
        node: 0n,
        owner: scene.farmer.address,
        active: true,
        dischargedTime: undefined,
        capacityBytes: DEVNET_FARMER_TERMS.capacityBytes,
        usedBytes: 10_240n,
        replicaCount: 1n,
        endpointHash: bytesToHex(DEVNET_FARMER_TERMS.endpointHash),
        peerId: bytesToHex(farmers[0]!.peerId),
      })
      assert.deepEqual(await listNodes(provider, { owner: scene.farmer.address }), [first])
      assert.deepEqual(await listNodes(provider, { owner: owner.address }), [])
    }))
})
