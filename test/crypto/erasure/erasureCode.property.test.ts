import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createErasureCode } from '../../../src/crypto/erasure/erasureCode.ts'
import { encodeToNew, testShards, testWord, without } from './shards.ts'

/** Codes of all sizes, small ones more often. */
const codeSize = fc
  .oneof(fc.integer({ min: 2, max: 24 }), fc.integer({ min: 2, max: 256 }))
  .chain((count) => fc.tuple(fc.integer({ min: 1, max: count }), fc.constant(count)))
  .map(([dataShards, count]) => ({ dataShards, parityShards: count - dataShards }))

const lengthBytes = fc.oneof(fc.integer({ min: 0, max: 130 }), fc.integer({ min: 0, max: 3_000 }))
const seed = fc.integer()

/** Some of a code's shards, at most as many as it can lose. */
const loss = codeSize.chain((size) =>
  fc.tuple(
    fc.constant(size),
    fc.uniqueArray(fc.integer({ min: 0, max: size.dataShards + size.parityShards - 1 }), {
      maxLength: size.parityShards,
      size: 'max',
    }),
  ),
)

test('any loss of up to the number of parity shards is repaired exactly', () => {
  fc.assert(
    fc.property(loss, lengthBytes, seed, ([{ dataShards, parityShards }, lost], length, seed) => {
      const { code, shards } = testWord(dataShards, parityShards, length, seed)
      const left = without(shards, lost)
      assert.equal(code.verify(shards), true)
      assert.deepEqual(code.reconstruct(left), shards)
      assert.deepEqual(code.reconstructData(left), shards.slice(0, dataShards))
    }),
    { numRuns: 150 },
  )
})

test('the parity of a sum is the sum of the parities', () => {
  fc.assert(
    fc.property(codeSize, lengthBytes, seed, (size, length, seed) => {
      const code = createErasureCode(size)
      const a = testShards(size.dataShards, length, seed)
      const b = testShards(size.dataShards, length, seed + 1)
      assert.deepEqual(
        encodeToNew(code, add(a, b)),
        add(encodeToNew(code, a), encodeToNew(code, b)),
      )
    }),
    { numRuns: 100 },
  )
})

test('one loss more than there is parity is refused', () => {
  fc.assert(
    fc.property(codeSize, seed, ({ dataShards, parityShards }, seed) => {
      const { code, shards } = testWord(dataShards, parityShards, 16, seed)
      const lost = shards.slice(0, parityShards + 1).keys()
      assert.throws(() => code.reconstruct(without(shards, lost)), { code: 'TOO_FEW_SHARDS' })
    }),
    { numRuns: 50 },
  )
})

const add = (a: readonly Uint8Array[], b: readonly Uint8Array[]): Uint8Array[] =>
  a.map((bytes, index) => bytes.map((byte, at) => byte ^ b[index]![at]!))
