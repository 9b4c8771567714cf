import assert from 'node:assert/strict'
import { test } from 'node:test'
import { verifyReplicaOffer } from '../../../src/protocol/replicaContract.ts'
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

  const before = await network.provider.getBalance(farmer.account)
  await farmer.redeem()
  const { earnedWei, unredeemedBytes, servedBytes } = farmer.status()
  assert.equal(servedBytes, replica.offer.sizeBytes)
  assert.equal(unredeemedBytes, 0n)
  assert.ok(earnedWei.traffic > 0n)
  assert.ok((await network.provider.getBalance(farmer.account)) !== before)
})
