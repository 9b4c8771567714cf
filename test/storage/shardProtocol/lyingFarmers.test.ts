import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { hexToBytes } from '@ethereumjs/util'
import { Wallet } from 'ethers'
import { hashLeaves } from '../../../src/crypto/merkle/hashing.ts'
import { proofPositions } from '../../../src/crypto/merkle/proof.ts'
import { createMerkleTree } from '../../../src/crypto/merkle/tree.ts'
import type { StreamServer } from '../../../src/p2p/host.ts'
import { READ_PROTOCOL, STORE_PROTOCOL } from '../../../src/storage/shardProtocol/limits.ts'
import { openReadSession } from '../../../src/storage/shardProtocol/openReadSession.ts'
import { encodeDue, LEAVES_TAG } from '../../../src/storage/shardProtocol/readMessages.ts'
import { encodeStoreAnswer } from '../../../src/storage/shardProtocol/storeMessages.ts'
import { storeReplica } from '../../../src/storage/shardProtocol/storeReplica.ts'
import { startPair, targetOf } from '../../p2p/hosts.ts'
import { createChannel, piecesOf } from '../farmer/network.ts'
import { looseReplica } from '../farmer/stores.ts'

const replica = looseReplica(600)
const tree = createMerkleTree(hashLeaves(0, replica.bytes))
const buyer = new Wallet(Wallet.createRandom().privateKey)
const farmerAccount = `0x${'11'.repeat(20)}`
const grant = { account: farmerAccount, expiry: 1n, signature: `0x${'00'.repeat(65)}` }

const newChannel = () => createChannel({ buyer, chainId: 1n }, { account: farmerAccount })

/** Reads the first leaves from a farmer that behaves as given. */
async function readFrom(t: TestContext, serve: StreamServer, channel = newChannel()) {
  const { server, client } = await startPair(t)
  await server.handle(READ_PROTOCOL, serve, { maxSentFrameBytes: 2 << 20 })
  const session = await openReadSession(client, targetOf(server), {
    replica: {
      id: replica.id,
      root: hexToBytes(replica.offer.root as `0x${string}`),
      leafCount: 600,
    },
    channel,
    idleTimeoutMs: 1_000,
  })
  const parts: Uint8Array[] = []
  for await (const { leaves } of session.read([{ first: 0, count: 300 }])) parts.push(leaves)
  return Buffer.concat(parts)
}

const indicesFrom = (first: number, count: number): number[] =>
  Array.from({ length: count }, (_, at) => first + at)

const proofOf = (indices: number[]): Uint8Array[] =>
  proofPositions(600, indices).map((position) => tree.node(position))

const first = indicesFrom(0, 256)
const firstLeaves = replica.bytes.subarray(0, 256 * 1_024)

test('leaves that are not the replica’s are refused and not paid for', async (t) => {
  const channel = newChannel()
  const serve: StreamServer = async (stream) => {
    await stream.read()
    await stream.write(LEAVES_TAG, randomBytes(256 * 1_024), ...proofOf(first))
    await stream.read()
  }
  await assert.rejects(readFrom(t, serve, channel), { code: 'BAD_PROOF' })
  assert.equal(channel.signedBytes, 0n)
})

test('other leaves of the same replica are refused', async (t) => {
  const others = indicesFrom(256, 256)
  const serve: StreamServer = async (stream) => {
    await stream.read()
    const leaves = replica.bytes.subarray(256 * 1_024, 512 * 1_024)
    await stream.write(LEAVES_TAG, leaves, ...proofOf(others))
    await stream.read()
  }
  await assert.rejects(readFrom(t, serve))
})

test('half the leaves are refused', async (t) => {
  const serve: StreamServer = async (stream) => {
    await stream.read()
    await stream.write(LEAVES_TAG, firstLeaves.subarray(0, 100_000), ...proofOf(first))
    await stream.read()
  }
  await assert.rejects(readFrom(t, serve), { code: 'BAD_LEAVES' })
})

test('an end before all leaves came is told', async (t) => {
  const serve: StreamServer = async (stream) => {
    await stream.read()
    await stream.write(LEAVES_TAG, firstLeaves, ...proofOf(first))
    await stream.end()
    await stream.read()
    await stream.read()
  }
  await assert.rejects(readFrom(t, serve), { code: 'BAD_LEAVES' })
})

test('a farmer that counts more than it may send ahead is left', async (t) => {
  const channel = newChannel()
  const serve: StreamServer = async (stream) => {
    await stream.read()
    await stream.write(encodeDue(10_000_000n))
    await stream.read()
    await stream.read()
  }
  await assert.rejects(readFrom(t, serve, channel), { code: 'OVERCHARGED' })
  assert.equal(channel.signedBytes, 0n)
})

test('a frame beyond the limit is not taken into memory', async (t) => {
  const serve: StreamServer = async (stream) => {
    await stream.read()
    await stream.write(new Uint8Array(1_500_000))
    await stream.read()
  }
  await assert.rejects(readFrom(t, serve), { code: 'FRAME_TOO_LARGE' })
})

test('silence ends in a time-out', async (t) => {
  const serve: StreamServer = async (stream) => {
    while ((await stream.read()) !== undefined) {}
    await new Promise((resolve) => setTimeout(resolve, 3_000).unref())
  }
  await assert.rejects(readFrom(t, serve), { code: 'TIMED_OUT' })
})

test('a farmer’s words cannot play with a terminal', async (t) => {
  const serve: StreamServer = async (stream) => {
    await stream.read()
    await stream.write(Buffer.from('\0NO_CREDIT\0\u001b[2Jgone'))
    await stream.read()
    await stream.read()
  }
  await assert.rejects(readFrom(t, serve), (error: Error & { code?: string }) => {
    assert.equal(error.code, 'NO_CREDIT')
    assert.ok(!error.message.includes('\u001b'))
    return true
  })
})

/** Stores with a farmer that answers as given. */
async function storeAt(t: TestContext, serve: StreamServer): Promise<Uint8Array> {
  const { server, client } = await startPair(t)
  await server.handle(STORE_PROTOCOL, serve)
  return await storeReplica(client, targetOf(server), {
    offer: replica.offer,
    grant,
    source: (from) => piecesOf(replica.bytes.subarray(from)),
    idleTimeoutMs: 1_000,
  })
}

test('a farmer that wants to go on behind the end, or inside a leaf, is left', async (t) => {
  for (const resumeFrom of [2n ** 60n, 100n]) {
    const serve: StreamServer = async (stream) => {
      await stream.read()
      await stream.write(encodeStoreAnswer({ kind: 'accepted', resumeFrom }))
      await stream.read()
    }
    await assert.rejects(storeAt(t, serve), { code: 'BAD_ANSWER' })
  }
})

test('a farmer that ends without a signature is left', async (t) => {
  const serve: StreamServer = async (stream) => {
    await stream.read()
    await stream.write(encodeStoreAnswer({ kind: 'accepted', resumeFrom: 0n }))
    while ((await stream.read()) !== undefined) {}
  }
  await assert.rejects(storeAt(t, serve), { code: 'BAD_ANSWER' })
})

test('a source that fails ends the stream with its own error', async (t) => {
  const { server, client } = await startPair(t)
  await server.handle(STORE_PROTOCOL, async (stream) => {
    await stream.read()
    await stream.write(encodeStoreAnswer({ kind: 'accepted', resumeFrom: 0n }))
    while ((await stream.read()) !== undefined) {}
  })
  const failing = storeReplica(client, targetOf(server), {
    offer: replica.offer,
    grant,
    async *source() {
      yield replica.bytes.subarray(0, 102_400)
      throw new Error('the file is gone')
    },
  })
  await assert.rejects(failing, /the file is gone/)
})
