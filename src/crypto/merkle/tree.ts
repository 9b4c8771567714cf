import { MerkleError } from './errors.ts'
import { HASH_BYTES, hashNodes } from './hashing.ts'

/** A whole tree in memory: 64 bytes per leaf. Level 0 are the leaf hashes, the last level is the root. */
export interface MerkleTree {
  leafCount: number
  root: Uint8Array
  /** The hashes of each level, one after another. */
  levels: readonly Uint8Array[]
  /** The 32 bytes at a place of the tree. */
  node(position: NodePosition): Uint8Array
}

export interface NodePosition {
  level: number
  index: number
}

/** Builds every level over leaf hashes of 32 bytes each. Throws MerkleError BAD_TREE when there are none. */
export function createMerkleTree(leafHashes: Uint8Array): MerkleTree {
  if (leafHashes.length === 0 || leafHashes.length % HASH_BYTES !== 0) {
    throw new MerkleError('BAD_TREE', {
      message: `A tree is built over hashes of ${HASH_BYTES} bytes each, got ${leafHashes.length} bytes`,
    })
  }
  const levels = [leafHashes]
  while (levels.at(-1)!.length > HASH_BYTES) levels.push(levelAbove(levels.at(-1)!))
  return {
    leafCount: leafHashes.length / HASH_BYTES,
    root: levels.at(-1)!,
    levels,
    node: ({ level, index }) => hashAt(levels[level]!, index),
  }
}

const hashAt = (level: Uint8Array, index: number): Uint8Array =>
  level.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES)

function levelAbove(level: Uint8Array): Uint8Array {
  const paired = level.length - (level.length % (2 * HASH_BYTES))
  const nodes = hashNodes(level.subarray(0, paired))
  if (paired === level.length) return nodes
  const withOdd = new Uint8Array(nodes.length + HASH_BYTES)
  withOdd.set(nodes)
  withOdd.set(level.subarray(paired), nodes.length)
  return withOdd
}
