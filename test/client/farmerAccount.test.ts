import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { hexToBytes } from '@ethereumjs/util'
import { Wallet } from 'ethers'
import { createFarmerAccount, type FarmerSession } from '../../src/client/farmerAccount.ts'
import { openReceiptBook } from '../../src/client/receiptBook.ts'
import { hashLeaves } from '../../src/crypto/merkle/hashing.ts'
import { proofPositions } from '../../src/crypto/merkle/proof.ts'
import { createMerkleTree } from '../../src/crypto/merkle/tree.ts'
import { READ_PROTOCOL } from '../../src/storage/shardProtocol/limits.ts'
import { openReadSession } from '../../src/storage/shardProtocol/openReadSession.ts'
import { encodeDue } from '../../src/storage/shardProtocol/readMessages.ts'
import { startPair, targetOf } from '../p2p/hosts.ts'
import { looseReplica } from '../storage/farmer/stores.ts'

const MiB = 1_048_576n
const replica = looseReplica(600)
const root = hexToBytes(replica.offer.root as `0x${string}`)
const tree = createMerkleTree(hashLeaves(0, replica.bytes))

const newAccount = async () => {
  const farmer = `0x${'11'.repeat(20)}`
  const channel = (await openReceiptBook({ directory: undefined })).channelOf(farmer)
  const signer = new Wallet(Wallet.createRandom().privateKey)
  const account = createFarmerAccount({
    signer,
    chainId: 1n,
    buyer: signer.address.toLowerCase(),
    farmer,
    channel,
  })
  return { account, channel }
}

/** The first leaves of the replica, with their proof. */
const verifyLeaves = (session: FarmerSession, count: number): void => {
  const indices = Array.from({ length: count }, (_, at) => at)
  const hashes = proofPositions(600, indices).map((position) => tree.node(position))
  const leaves = replica.bytes.subarray(0, count * 1_024)
  session.verify(root, { leafCount: 600, indices, leaves, hashes })
}

/** Opens a session with a farmer that asks for a little more again and again, and never sends a leaf. */
async function readFromLiar(t: TestContext, session: FarmerSession): Promise<void> {
  const { server, client } = await startPair(t)
  await server.handle(READ_PROTOCOL, async (stream) => {
    await stream.read()
    await stream.read()
    for (let dueBytes = 0n; dueBytes < 40n * MiB; ) {
      dueBytes += MiB / 4n
      await stream.write(encodeDue(dueBytes))
      if ((await stream.read()) === undefined) return
    }
  })
  const reading = await openReadSession(client, targetOf(server), {
    replica: { id: replica.id, root, leafCount: 600 },
    channel: session.channel,
    verify: session.verify,
  })
  session.setBusy(true)
  for await (const _ of reading.read([{ first: 0, count: 300 }]));
}

test('a farmer that sends nothing is paid no more than one stream can lose', async (t) => {
  const { account, channel } = await newAccount()
  await assert.rejects(readFromLiar(t, account.openSession()), { code: 'OVERCHARGED' })
  assert.equal(channel.cumulativeBytes, MiB)
})

test('another session with it does not pay for losses again', async () => {
  const { account, channel } = await newAccount()
  await account.openSession().channel.sign(MiB)
  await assert.rejects(account.openSession().channel.sign(1n), { code: 'OVERCHARGED' })
  assert.equal(channel.cumulativeBytes, MiB)
})

test('as many bytes as were verified since may be lost anew', async () => {
  const { account, channel } = await newAccount()
  const session = account.openSession()
  await session.channel.sign(MiB)
  verifyLeaves(session, 256)
  await session.channel.sign(MiB / 4n)
  await session.channel.sign(MiB / 4n)
  await assert.rejects(session.channel.sign(1n), { code: 'OVERCHARGED' })
  assert.equal(channel.cumulativeBytes, MiB + MiB / 2n)
})
