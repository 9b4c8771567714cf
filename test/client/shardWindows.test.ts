import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createShardWindows, type LeafRequest } from '../../src/client/shardWindows.ts'
import { deriveReplicaKeys } from '../../src/crypto/keys.ts'
import { createReplicaLayout, LEAF_BYTES } from '../../src/protocol/replicaLayout.ts'
import { shardInMemory } from '../../src/spor/leaves.ts'
import { createReplicaSecrets } from '../../src/spor/replicaSecrets.ts'
import { setUpReplica } from '../../src/spor/setup.ts'

const shard = Uint8Array.from({ length: 5_300_001 }, (_, at) => (at * 167 + (at >> 9)) & 255)
const layout = createReplicaLayout(shard.length)
const keys = deriveReplicaKeys(new Uint8Array(32).fill(1), new Uint8Array(32).fill(2))
const secrets = await createReplicaSecrets(keys, {
  shardId: new Uint8Array(32).fill(3),
  farmer: new Uint8Array(20).fill(4),
  nonce: new Uint8Array(32).fill(5),
})
const replica = new Uint8Array(layout.replicaBytes)
await setUpReplica({
  shard: shardInMemory(shard),
  secrets,
  onWindow: ({ firstLeaf, bytes }) => replica.set(bytes, firstLeaf * LEAF_BYTES),
})

/** Sends leaves as farmers do, in pieces whose memory is used again. */
async function serve({ ranges, take }: LeafRequest): Promise<void> {
  const memory = new Uint8Array(256 * LEAF_BYTES)
  let at = 0
  for (const { first, count } of ranges) {
    for (let leaf = first; leaf < first + count; leaf += 256) {
      const end = Math.min(leaf + 256, first + count)
      const piece = memory.subarray(0, (end - leaf) * LEAF_BYTES)
      piece.set(replica.subarray(leaf * LEAF_BYTES, end * LEAF_BYTES))
      await Promise.resolve()
      take(piece, at)
      at += piece.length
    }
  }
}

describe('a shard read by windows', () => {
  test('gives every range as it was stored, in any order and side by side', async () => {
    const windows = createShardWindows({ layout, secrets, readLeaves: serve })
    const { endByte } = windows
    assert.ok(endByte > 4_000_000 && endByte <= shard.length)
    const ranges = [
      [0, 1],
      [0, endByte],
      [1_000_000, 2_100_000],
      [endByte - 1, endByte],
      [1_023, 1_025],
      [3_000_000, 3_000_000 + 1_048_576],
    ] as const
    const parts = await Promise.all(
      ranges.map(([start, end]) => windows.read(start, end, undefined)),
    )
    for (const [at, [start, end]] of ranges.entries()) {
      assert.ok(Buffer.from(parts[at]!).equals(shard.subarray(start, end)), `${start} to ${end}`)
    }
  })

  test('reads each window once for who reads on from where it ended', async () => {
    let requests = 0
    const readLeaves = (request: LeafRequest): Promise<void> => {
      requests++
      return serve(request)
    }
    const windows = createShardWindows({ layout, secrets, readLeaves })
    for (let start = 0; start < windows.endByte; start += 300_000) {
      await windows.read(start, Math.min(windows.endByte, start + 300_000), undefined)
    }
    assert.equal(requests, Math.ceil(windows.endByte / (1_024 * LEAF_BYTES)))
  })

  test('reads a window anew when whoever asked for it first gave up', async () => {
    const first = new AbortController()
    const asked = Promise.withResolvers<void>()
    const readLeaves = async (request: LeafRequest): Promise<void> => {
      if (request.signal === first.signal) {
        const given = new Promise((_, reject) => first.signal.addEventListener('abort', reject))
        asked.resolve()
        await given
      }
      await serve(request)
    }
    const windows = createShardWindows({ layout, secrets, readLeaves })
    const given = windows.read(0, 1_000, first.signal)
    const other = windows.read(0, 1_000, undefined)
    await asked.promise
    first.abort()
    await assert.rejects(given, { type: 'abort' })
    assert.ok(Buffer.from(await other).equals(shard.subarray(0, 1_000)))
  })

  test('tells why leaves could not be read, and goes on when they can be again', async () => {
    let isDown = true
    const readLeaves = async (request: LeafRequest): Promise<void> => {
      if (isDown) throw new Error('the farmer is away')
      await serve(request)
    }
    const windows = createShardWindows({ layout, secrets, readLeaves })
    await assert.rejects(windows.read(0, 3_000_000, undefined), /the farmer is away/)
    isDown = false
    const bytes = await windows.read(0, 3_000_000, undefined)
    assert.ok(Buffer.from(bytes).equals(shard.subarray(0, 3_000_000)))
  })

  test('leaves to others a shard that is mostly parity and sentinels', () => {
    const small = createReplicaLayout(100_000)
    const windows = createShardWindows({ layout: small, secrets, readLeaves: serve })
    assert.equal(windows.endByte, 0)
  })
})
