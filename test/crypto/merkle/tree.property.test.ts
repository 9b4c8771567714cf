import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { concatBytes } from '@noble/hashes/utils.js'
import fc from 'fast-check'
import { hashLeaves, hashNodes, LEAF_BYTES } from '../../../src/crypto/merkle/hashing.ts'
import {
  type MerkleProof,
  proofPositions,
  verifyMerkleProof,
} from '../../../src/crypto/merkle/proof.ts'
import { createMerkleRootBuilder } from '../../../src/crypto/merkle/rootBuilder.ts'
import { createMerkleTree, type MerkleTree } from '../../../src/crypto/merkle/tree.ts'

const MAX_LEAVES = 70
const leaves = Uint8Array.from(
  { length: MAX_LEAVES * LEAF_BYTES },
  (_, at) => (at * 31 + (at >> 10)) & 255,
)
const allHashes = hashLeaves(0, leaves)
const hashesOf = (count: number): Uint8Array => allHashes.slice(0, count * 32)

/** The root as RFC 9162 2.1.1 defines it: split at the largest power of two below the count. */
function recursiveRoot(hashes: Uint8Array): Uint8Array {
  const count = hashes.length / 32
  if (count === 1) return hashes
  const split = 2 ** Math.ceil(Math.log2(count) - 1)
  return hashNodes(
    concatBytes(
      recursiveRoot(hashes.slice(0, split * 32)),
      recursiveRoot(hashes.slice(split * 32)),
    ),
  )
}

function prove(tree: MerkleTree, indices: readonly number[]): MerkleProof {
  return {
    leafCount: tree.leafCount,
    indices,
    leaves: concatBytes(
      ...indices.map((at) => leaves.slice(at * LEAF_BYTES, (at + 1) * LEAF_BYTES)),
    ),
    hashes: proofPositions(tree.leafCount, indices).map((place) => tree.node(place).slice()),
  }
}

const treeAndIndices = fc.integer({ min: 1, max: MAX_LEAVES }).chain((count) =>
  fc.record({
    count: fc.constant(count),
    indices: fc
      .uniqueArray(fc.nat(count - 1), { minLength: 1, maxLength: 12 })
      .map((list) => list.sort((a, b) => a - b)),
  }),
)

describe('Merkle trees', () => {
  test('have the root of RFC 9162 for every number of leaves', () => {
    for (let count = 1; count <= MAX_LEAVES; count++) {
      const tree = createMerkleTree(hashesOf(count))
      assert.deepEqual(tree.root.slice(), recursiveRoot(hashesOf(count)))
    }
  })

  test('have the same root when their leaves come in pieces of any size', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(9), { minLength: 1, maxLength: 12 }), (sizes) => {
        const count = Math.min(
          MAX_LEAVES,
          sizes.reduce((sum, size) => sum + size, 1),
        )
        const builder = createMerkleRootBuilder()
        let at = 0
        for (const size of sizes) {
          const end = Math.min(count, at + size)
          builder.add(allHashes.subarray(at * 32, end * 32))
          at = end
        }
        builder.add(allHashes.subarray(at * 32, count * 32))
        assert.deepEqual(builder.root(), createMerkleTree(hashesOf(count)).root.slice())
      }),
    )
  })

  test('tell the root so far without disturbing what comes after', () => {
    const builder = createMerkleRootBuilder()
    for (let count = 1; count <= MAX_LEAVES; count++) {
      builder.add(allHashes.subarray((count - 1) * 32, count * 32))
      assert.deepEqual(builder.root(), recursiveRoot(hashesOf(count)))
    }
  })

  test('are refused over no leaves and over parts of hashes', () => {
    for (const size of [0, 31, 33]) {
      assert.throws(() => createMerkleTree(new Uint8Array(size)), { code: 'BAD_TREE' })
    }
    assert.throws(() => createMerkleRootBuilder().root(), { code: 'BAD_TREE' })
    assert.throws(() => createMerkleRootBuilder().add(new Uint8Array(31)), { code: 'BAD_TREE' })
  })
})

describe('Merkle proofs', () => {
  test('of any leaves of any tree lead to its root', () => {
    fc.assert(
      fc.property(treeAndIndices, ({ count, indices }) => {
        const tree = createMerkleTree(hashesOf(count))
        verifyMerkleProof(tree.root, prove(tree, indices))
      }),
      { numRuns: 300 },
    )
  })

  test('are refused when any one bit of leaves, hashes or root is changed', () => {
    fc.assert(
      fc.property(treeAndIndices, fc.nat(), fc.nat(7), ({ count, indices }, place, bit) => {
        const tree = createMerkleTree(hashesOf(count))
        const proof = prove(tree, indices)
        const root = tree.root.slice()
        const parts = [proof.leaves, root, ...proof.hashes]
        const part = parts[place % parts.length]!
        part[place % part.length]! ^= 1 << bit
        assert.throws(() => verifyMerkleProof(root, proof), { code: 'BAD_PROOF' })
      }),
      { numRuns: 300 },
    )
  })

  test('are refused for another place, another count and another number of hashes', () => {
    const tree = createMerkleTree(hashesOf(13))
    const proof = prove(tree, [3, 7])
    const lies: Partial<MerkleProof>[] = [
      { indices: [3, 6] },
      { indices: [7, 3] },
      { indices: [3, 3] },
      { indices: [3, 13] },
      { indices: [-1, 7] },
      { indices: [3.5, 7] },
      { indices: [], leaves: new Uint8Array(0) },
      { leafCount: 0 },
      { leafCount: 2 ** 32 },
      { leafCount: 40 },
      { leaves: proof.leaves.slice(1) },
      { hashes: proof.hashes.slice(1) },
      { hashes: [...proof.hashes, tree.root] },
      { hashes: proof.hashes.map((hash) => hash.slice(1)) },
      { hashes: [...proof.hashes].reverse() },
    ]
    for (const lie of lies) {
      assert.throws(() => verifyMerkleProof(tree.root, { ...proof, ...lie }), { code: 'BAD_PROOF' })
    }
  })

  test('carry no more hashes than a path when they are of one leaf', () => {
    assert.equal(proofPositions(1, [0]).length, 0)
    assert.equal(proofPositions(1_024, [77]).length, 10)
    assert.equal(proofPositions(1_025, [1_024]).length, 1)
  })
})
