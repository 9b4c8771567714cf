import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  createEncoder,
  createMatrixEncoder,
  type Encoder,
} from '../../../src/crypto/erasure/encoder.ts'
import { createKernel, type Kernel, WORKSPACE_AT } from '../../../src/crypto/erasure/kernel.ts'
import {
  createTransformEncoder,
  transformShape,
} from '../../../src/crypto/erasure/transformEncoder.ts'
import { scalarParity } from './scalarReference.ts'
import { NETWORK_CODES, testShards } from './shards.ts'

const LENGTH_BYTES = 64
const STRIDE_BYTES = 96
const GUARD_BYTES = 256

/** What an encoder makes of data with the rest of the workspace full of noise. */
function runEncoder(kernel: Kernel, encoder: Encoder, data: readonly Uint8Array[], parity: number) {
  const rowAt = (row: number): number => WORKSPACE_AT + row * STRIDE_BYTES
  const end = rowAt(encoder.rowCount)
  kernel.bytes.fill(0x5a, WORKSPACE_AT, end + GUARD_BYTES)
  for (const [row, shard] of data.entries()) kernel.bytes.set(shard, rowAt(row))
  encoder.load(kernel)
  encoder.run(kernel, { at: WORKSPACE_AT, strideBytes: STRIDE_BYTES, paddedBytes: LENGTH_BYTES })
  const behind = kernel.bytes.subarray(end, end + GUARD_BYTES)
  assert.deepEqual(behind, new Uint8Array(GUARD_BYTES).fill(0x5a), 'wrote beyond its rows')
  return Array.from({ length: parity }, (_, row) => {
    const start = rowAt(data.length + row)
    return kernel.bytes.slice(start, start + LENGTH_BYTES)
  })
}

/** Every code of up to 40 shards. */
function* smallCodes(): Generator<readonly [data: number, parity: number]> {
  for (let count = 1; count <= 40; count++) {
    for (let data = 1; data <= count; data++) yield [data, count - data]
  }
}

for (const name of ['standard', 'relaxed'] as const) {
  describe(`the ${name} kernel`, () => {
    const kernel = createKernel(name)

    test('makes the parity that the definition gives', () => {
      for (const [data, parity] of [
        ...NETWORK_CODES,
        [1, 1],
        [2, 1],
        [5, 3],
        [3, 0],
        [9, 70],
      ] as const) {
        const shards = testShards(data, LENGTH_BYTES)
        const made = runEncoder(kernel, createEncoder(data, parity), shards, parity)
        assert.deepEqual(made, scalarParity(shards, parity), `${data}+${parity}`)
      }
    })

    test('makes the same parity by transform as by matrix', () => {
      let transforms = 0
      for (const [data, parity] of [
        ...smallCodes(),
        ...NETWORK_CODES,
        [224, 32],
        [1, 255],
        [240, 16],
        [100, 27],
      ] as const) {
        const shape = transformShape(data, parity)
        if (shape === undefined) continue
        transforms++
        const shards = testShards(data, LENGTH_BYTES)
        const byMatrix = runEncoder(kernel, createMatrixEncoder(data, parity), shards, parity)
        const byTransform = runEncoder(kernel, createTransformEncoder(data, shape), shards, parity)
        assert.deepEqual(byTransform, byMatrix, `${data}+${parity}`)
      }
      assert.ok(transforms > 100, `only ${transforms} codes have a transform`)
    })
  })
}

test('the inner code is encoded with an eighth of the products of its matrix', () => {
  assert.deepEqual(transformShape(223, 32), { points: 256, block: 32, before: 1, products: 863 })
  assert.equal(createEncoder(223, 32).rowCount, 257)
})

test('a code whose parity does not reach a block of its own has no transform', () => {
  for (const [data, parity] of [
    [17, 3],
    [33, 15],
    [5, 1],
    [5, 0],
    [1, 0],
  ] as const) {
    assert.equal(transformShape(data, parity), undefined, `${data}+${parity}`)
  }
})
