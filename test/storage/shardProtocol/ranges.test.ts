import assert from 'node:assert/strict'
import { test } from 'node:test'
import { batchesOf, expectRanges, rangesOf } from '../../../src/storage/shardProtocol/ranges.ts'

test('a read is answered in frames of at most 256 leaves, in order', () => {
  const batches = [
    ...batchesOf([
      { first: 10, count: 300 },
      { first: 1_000, count: 2 },
    ]),
  ]
  assert.deepEqual(
    batches.map(({ length }) => length),
    [256, 46],
  )
  assert.deepEqual(batches.flat(), [
    ...Array.from({ length: 300 }, (_, at) => at + 10),
    ...[1_000, 1_001],
  ])
})

test('neighbours become one range', () => {
  assert.deepEqual(rangesOf([1, 2, 3, 5, 9, 10]), [
    { first: 1, count: 3 },
    { first: 5, count: 1 },
    { first: 9, count: 2 },
  ])
})

for (const [name, ranges] of Object.entries({
  'none at all': [],
  'beyond the replica': [{ first: 90, count: 11 }],
  empty: [{ first: 1, count: 0 }],
  overlapping: [
    { first: 0, count: 5 },
    { first: 4, count: 2 },
  ],
  'out of order': [
    { first: 50, count: 1 },
    { first: 4, count: 1 },
  ],
  negative: [{ first: -1, count: 2 }],
  fractional: [{ first: 0.5, count: 1 }],
})) {
  test(`ranges that are ${name} are refused`, () => {
    assert.throws(() => expectRanges(ranges, 100), { code: 'BAD_RANGE' })
  })
}

test('a read of more leaves than one may ask for is refused', () => {
  expectRanges([{ first: 0, count: 65_536 }], 100_000)
  assert.throws(() => expectRanges([{ first: 0, count: 65_537 }], 100_000), { code: 'BAD_RANGE' })
})
