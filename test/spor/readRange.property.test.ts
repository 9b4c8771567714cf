import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { leavesOfRange, readShardRange } from '../../src/spor/readRange.ts'
import { bytes, leafOf, replicaOf } from './replicas.ts'

const shard = bytes(2_500_000)
const { layout, secrets, replica } = await replicaOf(shard)

const readLeaves = async (indices: readonly number[]): Promise<Uint8Array> => {
  assert.deepEqual(
    indices,
    [...new Set(indices)].sort((a, b) => a - b),
  )
  return new Uint8Array(Buffer.concat(indices.map((index) => leafOf(replica, index))))
}

describe('readShardRange', () => {
  test('gives what the whole shard has there', async () => {
    const range = fc
      .tuple(fc.nat(shard.length), fc.nat(shard.length), fc.nat(200_000))
      .map(([a, b, c]) => [Math.min(a, b), Math.min(Math.max(a, b), Math.min(a, b) + c)] as const)
    await fc.assert(
      fc.asyncProperty(range, async ([start, end]) => {
        const read = await readShardRange({ layout, secrets, start, end, readLeaves })
        assert.ok(Buffer.from(read).equals(shard.subarray(start, end)))
      }),
    )
    const all = await readShardRange({ layout, secrets, start: 0, end: shard.length, readLeaves })
    assert.ok(Buffer.from(all).equals(shard))
  })

  test('takes 64 leaves for a cell, from one window or two', async () => {
    for (let start = 0; start + 65_536 <= shard.length; start += 65_536) {
      const leaves = await leavesOfRange({ layout, secrets, start, end: start + 65_536 })
      assert.equal(new Set(leaves).size, 64)
      assert.ok(Math.max(...leaves) - Math.min(...leaves) < 2_048)
    }
  })

  test('refuses ranges outside the shard', async () => {
    for (const [start, end] of [
      [-1, 5],
      [5, 4],
      [0, shard.length + 1],
      [0.5, 3],
      [0, Number.NaN],
    ] as const) {
      await assert.rejects(readShardRange({ layout, secrets, start, end, readLeaves }), {
        code: 'OUT_OF_RANGE',
      })
    }
  })

  test('refuses fewer or more leaves than it asked for', async () => {
    for (const size of [0, 1_023, 2_048]) {
      const reading = readShardRange({
        layout,
        secrets,
        start: 10,
        end: 20,
        readLeaves: async () => new Uint8Array(size),
      })
      await assert.rejects(reading, { code: 'BAD_LEAVES' })
    }
  })
})
