import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { hashLeaves } from '../../../src/crypto/merkle/hashing.ts'
import { proofPositions } from '../../../src/crypto/merkle/proof.ts'
import { createMerkleTree } from '../../../src/crypto/merkle/tree.ts'
import { createHost } from '../../../src/p2p/createHost.ts'
import type { Host, StreamServer } from '../../../src/p2p/host.ts'
import { StorageError } from '../../../src/storage/errors.ts'
import { probeReplica } from '../../../src/storage/repair/probeReplica.ts'
import { READ_PROTOCOL } from '../../../src/storage/shardProtocol/limits.ts'
import type { TrafficChannel } from '../../../src/storage/shardProtocol/openReadSession.ts'
import { batchesOf } from '../../../src/storage/shardProtocol/ranges.ts'
import { decodeReaderMessage, LEAVES_TAG } from '../../../src/storage/shardProtocol/readMessages.ts'
import { encodeRefusal } from '../../../src/storage/shardProtocol/refusal.ts'

const LEAVES = 50
const bytes = crypto.getRandomValues(new Uint8Array(LEAVES * 1_024))
const tree = createMerkleTree(hashLeaves(0, bytes))
const replica = { id: `0x${'11'.repeat(32)}`, root: tree.root, leafCount: LEAVES }

const channel: TrafficChannel = {
  signedBytes: 0n,
  sign: async (moreBytes) => ({
    buyer: `0x${'22'.repeat(20)}`,
    farmer: `0x${'33'.repeat(20)}`,
    channel: 1n,
    cumulativeBytes: moreBytes,
    signature: `0x${'44'.repeat(65)}`,
  }),
}

const refuse =
  (code: ConstructorParameters<typeof StorageError>[0]): StreamServer =>
  async (stream) => {
    await stream.read()
    await stream.write(encodeRefusal(new StorageError(code, { message: code })))
    while ((await stream.read()) !== undefined);
  }

/** Serves leaves with their proofs, out of the bytes it is given. */
const serve =
  (held: Uint8Array): StreamServer =>
  async (stream) => {
    await stream.read()
    for (;;) {
      const frame = await stream.read()
      if (frame === undefined) return
      const message = decodeReaderMessage(frame)
      if (message.kind !== 'read') continue
      for (const indices of batchesOf(message.ranges)) {
        const leaves = indices.map((index) => held.subarray(index * 1_024, (index + 1) * 1_024))
        const proof = proofPositions(LEAVES, indices).map(tree.node)
        await stream.write(LEAVES_TAG, ...leaves, ...proof)
      }
    }
  }

describe('a replica that is asked for leaves', () => {
  let reader: Host
  before(async () => {
    reader = await createHost({ listen: [] })
  })
  after(() => reader.stop())

  async function probe(server: StreamServer | undefined) {
    const farmer = await createHost({})
    let asked = 0
    if (server !== undefined) {
      const counting: StreamServer = (stream) => {
        asked++
        return server(stream)
      }
      const frames = { maxFrameBytes: 65_536, maxSentFrameBytes: 2 ** 20 }
      await farmer.handle(READ_PROTOCOL, counting, frames)
    }
    const peer = { peerId: farmer.peerId, addresses: farmer.addresses() }
    try {
      const options = { replica, channel, pauseMs: 10, timeoutMs: 2_000 }
      return { ...(await probeReplica(reader, peer, options)), asked }
    } finally {
      await farmer.stop()
    }
  }

  test('is held when they come and belong to its root', async () => {
    const { verdict, asked } = await probe(serve(bytes))
    assert.equal(verdict, 'held')
    assert.equal(asked, 1)
  })

  test('is lost when others come', async () => {
    assert.equal((await probe(serve(new Uint8Array(bytes.length)))).verdict, 'lost')
  })

  test('is lost when the farmer knows nothing of it, and is not asked for again', async () => {
    const { verdict, asked } = await probe(refuse('UNKNOWN_REPLICA'))
    assert.equal(verdict, 'lost')
    assert.equal(asked, 1)
  })

  test('may be there still when its farmer is busy, and is asked for again', async () => {
    const { verdict, asked } = await probe(refuse('BUSY'))
    assert.equal(verdict, 'unknown')
    assert.equal(asked, 3)
  })

  test('may be there still when we cannot pay, which asking again does not change', async () => {
    const { verdict, asked } = await probe(refuse('NO_CREDIT'))
    assert.equal(verdict, 'unknown')
    assert.equal(asked, 1)
  })

  test('is silent when nobody answers for it', async () => {
    assert.equal((await probe(undefined)).verdict, 'silent')
    assert.equal((await probe(async () => {})).verdict, 'lost')
  })

  test('is given up at once when nobody wants to know any more', async () => {
    const farmer = await createHost({})
    const peer = { peerId: farmer.peerId, addresses: farmer.addresses() }
    const options = { replica, channel, signal: AbortSignal.abort(new Error('enough')) }
    await assert.rejects(probeReplica(reader, peer, options), { message: 'enough' })
    await farmer.stop()
  })
})
