import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { createFileLayout } from '../../src/protocol/fileLayout.ts'
import {
  CELL_BYTES,
  CELL_PLAINTEXT_BYTES,
  type FileShape,
  MAX_FILE_BYTES,
  segmentBytesFor,
} from '../../src/protocol/fileLayoutShape.ts'

/** Small segments, so that small files already have several; sizes around the borders of cells. */
const shapes: fc.Arbitrary<FileShape> = fc
  .record({
    dataShards: fc.integer({ min: 1, max: 6 }),
    parityShards: fc.integer({ min: 0, max: 4 }),
    stripes: fc.integer({ min: 1, max: 3 }),
    cells: fc.nat(60),
    extraBytes: fc.constantFrom(0, 1, 17, CELL_PLAINTEXT_BYTES - 1),
  })
  .map(({ dataShards, parityShards, stripes, cells, extraBytes }) => ({
    plaintextBytes: cells * CELL_PLAINTEXT_BYTES + extraBytes,
    dataShards,
    parityShards,
    segmentBytes: stripes * dataShards * CELL_BYTES,
  }))

const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0)
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

describe('a file layout', () => {
  test('stores every cell once, and finds it again by any of its bytes', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const layout = createFileLayout(shape)
        const seen = new Set<string>()
        for (let cell = 0; cell < layout.cellCount; cell++) {
          const { segment, stripe, shard, offset, sizeBytes } = layout.locateCell(cell)
          seen.add(`${segment} ${shard} ${offset}`)
          assert.equal(sizeBytes, layout.segment(segment).cellBytes(stripe, shard))
          for (const at of [0, sizeBytes - 1]) {
            assert.equal(layout.cellAt({ segment, shard, offset: offset + at }), cell)
          }
        }
        assert.equal(seen.size, layout.cellCount)
      }),
    )
  })

  test('keeps exactly the ciphertext in its data shards', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const layout = createFileLayout(shape)
        let total = 0
        for (const segment of upTo(layout.segmentCount).map(layout.segment)) {
          const stored = sum(upTo(shape.dataShards).map(segment.shardBytes))
          assert.equal(stored, segment.ciphertextBytes)
          total += stored
        }
        assert.equal(total, layout.ciphertextBytes)
        assert.equal(sum(upTo(layout.cellCount).map(layout.cellBytes)), total)
      }),
    )
  })

  test('gives shards the bytes of their cells, and parity the length of the longest', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const layout = createFileLayout(shape)
        for (const segment of upTo(layout.segmentCount).map(layout.segment)) {
          const stripes = upTo(segment.stripeCount)
          for (const shard of upTo(segment.shardCount)) {
            const cells = stripes.map((stripe) => segment.cellBytes(stripe, shard))
            assert.equal(segment.shardBytes(shard), sum(cells))
            assert.ok(segment.shardBytes(shard) <= shape.segmentBytes / shape.dataShards)
          }
          for (const stripe of stripes) {
            const data = upTo(shape.dataShards).map((shard) => segment.cellBytes(stripe, shard))
            assert.equal(segment.stripeCellBytes(stripe), Math.max(...data))
            for (const parity of upTo(shape.parityShards)) {
              const sizeBytes = segment.cellBytes(stripe, shape.dataShards + parity)
              assert.equal(sizeBytes, Math.max(...data))
            }
          }
        }
      }),
    )
  })

  test('covers a range of plaintext by slices of its cells that follow each other', () => {
    fc.assert(
      fc.property(shapes, fc.nat(), fc.nat(), (shape, a, b) => {
        const layout = createFileLayout(shape)
        const [start, end] = [a, b]
          .map((any) => any % (shape.plaintextBytes + 1))
          .sort((x, y) => x - y) as [number, number]
        let next = start
        for (const { cell, isLast, from, to } of layout.cellsOfRange(start, end - start)) {
          assert.equal(cell * CELL_PLAINTEXT_BYTES + from, next)
          assert.equal(isLast, cell === layout.cellCount - 1)
          assert.ok(from < to && to <= CELL_PLAINTEXT_BYTES)
          next += to - from
        }
        assert.equal(next, end)
      }),
    )
  })

  test('of an empty or tiny file is one short cell, and parity as short', () => {
    for (const plaintextBytes of [0, 1, 100]) {
      const layout = createFileLayout({
        plaintextBytes,
        dataShards: 4,
        parityShards: 2,
        segmentBytes: segmentBytesFor(4),
      })
      const segment = layout.segment(0)
      const size = plaintextBytes + 16
      assert.deepEqual(upTo(6).map(segment.shardBytes), [size, 0, 0, 0, size, size])
      assert.equal(layout.cellAt({ segment: 0, shard: 4, offset: 3 }), undefined)
    }
  })

  test('of the largest file takes no longer and stays exact', () => {
    const layout = createFileLayout({
      plaintextBytes: MAX_FILE_BYTES,
      dataShards: 16,
      parityShards: 11,
      segmentBytes: segmentBytesFor(16),
    })
    assert.equal(layout.cellCount, 2 ** 32)
    assert.equal(layout.segmentCount, 2 ** 32 / (16 * 1_024))
    assert.equal(layout.locateCell(2 ** 32 - 1).shard, 15)
    const [slice] = layout.cellsOfRange(MAX_FILE_BYTES - 1, 1)
    assert.deepEqual(slice, { cell: 2 ** 32 - 1, isLast: true, from: 65_519, to: 65_520 })
  })

  test('refuses what no file has', () => {
    const shape = {
      plaintextBytes: 100,
      dataShards: 4,
      parityShards: 2,
      segmentBytes: 4 * CELL_BYTES,
    }
    const wrong: [Partial<FileShape>, string][] = [
      [{ plaintextBytes: -1 }, 'BAD_SIZE'],
      [{ plaintextBytes: 0.5 }, 'BAD_SIZE'],
      [{ plaintextBytes: MAX_FILE_BYTES + 1 }, 'BAD_SIZE'],
      [{ dataShards: 0 }, 'BAD_CODE'],
      [{ parityShards: -1 }, 'BAD_CODE'],
      [{ dataShards: 200, parityShards: 57 }, 'BAD_CODE'],
      [{ segmentBytes: 0 }, 'BAD_SIZE'],
      [{ segmentBytes: 5 * CELL_BYTES }, 'BAD_SIZE'],
      [{ segmentBytes: 2 ** 50 }, 'BAD_SIZE'],
    ]
    for (const [change, code] of wrong) {
      assert.throws(() => createFileLayout({ ...shape, ...change }), { code })
    }
    const layout = createFileLayout(shape)
    const outside = { code: 'OUT_OF_RANGE' }
    assert.throws(() => layout.segment(1), outside)
    assert.throws(() => layout.locateCell(1), outside)
    assert.throws(() => layout.cellBytes(-1), outside)
    assert.throws(() => layout.cellAt({ segment: 0, shard: 1, offset: 0 }), outside)
    assert.throws(() => layout.cellAt({ segment: 0, shard: 6, offset: 0 }), outside)
    assert.throws(() => layout.segment(0).cellBytes(1, 0), outside)
    for (const [start, length] of [
      [-1, 1],
      [0, 101],
      [100, 1],
      [50, -10],
      [101, 0],
      [0, Number.NaN],
    ] as const) {
      assert.throws(() => layout.cellsOfRange(start, length), outside)
    }
  })
})
