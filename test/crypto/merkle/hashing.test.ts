import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { concatBytes } from '@noble/hashes/utils.js'
import { generateKernelFile, KERNEL_FILE } from '../../../scripts/buildKeccak.ts'
import { hashLeaves, hashNodes, LEAF_BYTES } from '../../../src/crypto/merkle/hashing.ts'
import * as replicaLayout from '../../../src/protocol/replicaLayout.ts'

const leafHash = (index: number, leaf: Uint8Array): Uint8Array => {
  const head = new Uint8Array(9)
  new DataView(head.buffer).setBigUint64(1, BigInt(index))
  return keccak_256(concatBytes(head, leaf))
}

const nodeHash = (pair: Uint8Array): Uint8Array => keccak_256(concatBytes(Uint8Array.of(1), pair))

const inPieces = (bytes: Uint8Array, size: number): Uint8Array[] =>
  Array.from({ length: bytes.length / size }, (_, at) => bytes.subarray(at * size, (at + 1) * size))

describe('hashLeaves', () => {
  test('is keccak256 of 0x00, the index and the leaf, as a second implementation has it', () => {
    for (const [firstIndex, count] of [
      [0, 1],
      [0, 2],
      [255, 3],
      [65_535, 5],
      [2 ** 31, 2],
      [2 ** 40 + 7, 3],
    ] as const) {
      const leaves = new Uint8Array(randomBytes(count * LEAF_BYTES))
      const expected = inPieces(leaves, LEAF_BYTES).map((leaf, at) =>
        leafHash(firstIndex + at, leaf),
      )
      assert.deepEqual(hashLeaves(firstIndex, leaves), concatBytes(...expected))
    }
  })

  test('goes on with the right index where its batches meet', () => {
    const leaves = new Uint8Array(randomBytes(1_027 * LEAF_BYTES))
    const hashes = inPieces(hashLeaves(9, leaves), 32)
    for (const at of [0, 1_023, 1_024, 1_025, 1_026]) {
      const leaf = leaves.subarray(at * LEAF_BYTES, (at + 1) * LEAF_BYTES)
      assert.deepEqual(hashes[at], leafHash(9 + at, leaf))
    }
  })

  test('reads a view without its surroundings', () => {
    const bytes = new Uint8Array(randomBytes(3 * LEAF_BYTES))
    const view = bytes.subarray(7, 7 + 2 * LEAF_BYTES)
    assert.deepEqual(hashLeaves(4, view), hashLeaves(4, view.slice()))
  })

  test('refuses parts of leaves and indices that are none', () => {
    for (const [index, size] of [
      [0, 1],
      [0, LEAF_BYTES - 1],
      [-1, LEAF_BYTES],
      [0.5, LEAF_BYTES],
      [2 ** 53, LEAF_BYTES],
    ] as const) {
      assert.throws(() => hashLeaves(index, new Uint8Array(size)), { code: 'BAD_LEAF' })
    }
  })
})

describe('hashNodes', () => {
  test('is keccak256 of 0x01 and both children, as a second implementation has it', () => {
    for (const count of [1, 2, 3, 1_025]) {
      const pairs = new Uint8Array(randomBytes(count * 64))
      assert.deepEqual(hashNodes(pairs), concatBytes(...inPieces(pairs, 64).map(nodeHash)))
    }
    assert.throws(() => hashNodes(new Uint8Array(96)), { code: 'BAD_TREE' })
  })
})

test('the committed kernel is what its source compiles to', async () => {
  assert.equal(readFileSync(KERNEL_FILE, 'utf8'), await generateKernelFile())
})

test('crypto and protocol agree on the size of a leaf', () => {
  assert.equal(LEAF_BYTES, replicaLayout.LEAF_BYTES)
})
