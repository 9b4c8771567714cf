import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { shardId } from '../../src/protocol/replicaId.ts'
import {
  createReplicaLayout,
  INNER_DATA_LEAVES,
  MAX_SHARD_BYTES,
  MAX_WINDOW_LEAVES,
  replicaWindow,
  windowOfCodedLeaf,
} from '../../src/protocol/replicaLayout.ts'

const shardSizes = fc.oneof(
  fc.integer({ min: 1, max: 2 ** 21 }),
  fc.integer({ min: 1, max: 2 ** 27 }),
)

describe('a replica layout', () => {
  test('gives each thousand coded leaves a sentinel, and none fewer than 64', () => {
    for (const [shardBytes, expected] of [
      [1, { dataLeaves: 1, groups: 1, codedLeaves: 33, sentinels: 64, leafCount: 97 }],
      [
        223 * 1_024,
        { dataLeaves: 223, groups: 1, codedLeaves: 255, sentinels: 64, leafCount: 319 },
      ],
      [
        2 ** 26,
        { dataLeaves: 65_536, groups: 294, codedLeaves: 74_944, sentinels: 75, leafCount: 75_019 },
      ],
    ] as const) {
      const layout = createReplicaLayout(shardBytes)
      assert.deepEqual({ ...layout, ...expected }, layout)
    }
  })

  test('has windows that cover all leaves, coded leaves and sentinels, in order and evenly', () => {
    fc.assert(
      fc.property(shardSizes, (shardBytes) => {
        const layout = createReplicaLayout(shardBytes)
        const end = { leaf: 0, coded: 0, sentinel: 0 }
        const sizes: number[] = []
        for (let index = 0; index < layout.windowCount; index++) {
          const window = replicaWindow(layout, index)
          assert.equal(window.firstLeaf, end.leaf)
          assert.equal(window.firstCoded, end.coded)
          assert.equal(window.firstSentinel, end.sentinel)
          assert.ok(window.sentinels >= 1 && window.coded >= 1)
          end.leaf += window.leaves
          end.coded += window.coded
          end.sentinel += window.sentinels
          sizes.push(window.leaves)
        }
        assert.deepEqual(end, {
          leaf: layout.leafCount,
          coded: layout.codedLeaves,
          sentinel: layout.sentinels,
        })
        assert.ok(Math.max(...sizes) <= MAX_WINDOW_LEAVES)
        assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1)
      }),
    )
  })

  test('finds the window of every coded leaf', () => {
    fc.assert(
      fc.property(shardSizes, fc.nat(), (shardBytes, any) => {
        const layout = createReplicaLayout(shardBytes)
        for (const leaf of [0, any % layout.codedLeaves, layout.codedLeaves - 1]) {
          const { firstCoded, coded } = replicaWindow(layout, windowOfCodedLeaf(layout, leaf))
          assert.ok(firstCoded <= leaf && leaf < firstCoded + coded)
        }
      }),
      { numRuns: 500 },
    )
  })

  test('loses few leaves of any code group with a whole window', () => {
    for (const shardBytes of [2 ** 23, 2 ** 24, 2 ** 26]) {
      const layout = createReplicaLayout(shardBytes)
      const worst = Math.ceil(MAX_WINDOW_LEAVES / layout.groups) + 1
      assert.ok(layout.dataRows <= INNER_DATA_LEAVES)
      assert.ok(worst <= 32, `${worst} of 32 at ${shardBytes}`)
    }
  })

  test('is refused for an empty shard and for one too large', () => {
    for (const size of [0, -1, 1.5, MAX_SHARD_BYTES + 1, Number.NaN]) {
      assert.throws(() => createReplicaLayout(size), { code: 'BAD_SIZE' })
    }
    assert.ok(createReplicaLayout(MAX_SHARD_BYTES).leafCount < 2 ** 31)
  })
})

describe('a shard id', () => {
  test('is another one for every file, segment and shard', () => {
    const fileId = new Uint8Array(32)
    const ids = [
      shardId({ fileId, segment: 0, shard: 0 }),
      shardId({ fileId, segment: 0, shard: 1 }),
      shardId({ fileId, segment: 1, shard: 0 }),
      shardId({ fileId: new Uint8Array(32).fill(1), segment: 0, shard: 0 }),
    ]
    assert.equal(new Set(ids.map((id) => Buffer.from(id).toString('hex'))).size, 4)
  })

  test('is refused for what no file has', () => {
    const place = { fileId: new Uint8Array(32), segment: 0, shard: 0 }
    for (const change of [{ fileId: new Uint8Array(31) }, { segment: 2 ** 32 }, { shard: -1 }]) {
      assert.throws(() => shardId({ ...place, ...change }), { code: 'OUT_OF_RANGE' })
    }
  })
})
