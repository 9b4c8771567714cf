import { MerkleError } from './errors.ts'
import { HASH_BYTES, hashNodes } from './hashing.ts'

/** Builds a root from leaf hashes as they come, in memory that grows with the tree's height only. */
export interface MerkleRootBuilder {
  /** Adds the hashes of the next leaves, 32 bytes each. */
  add(leafHashes: Uint8Array): void
  /** The root over all leaves so far. Throws MerkleError BAD_TREE when there are none. */
  root(): Uint8Array
}

/**
 * The tree's shape is RFC 9162's: nodes are paired from the left, and one without a partner moves up as it
 * is. Nothing is ever paired with itself, so no two lists of leaves have the same root and count.
 */
export function createMerkleRootBuilder(): MerkleRootBuilder {
  /** The node of each level that waits for its partner. */
  const waiting: (Uint8Array | undefined)[] = []

  const addToLevel = (level: number, nodes: Uint8Array): void => {
    const all = waiting[level] === undefined ? nodes : concat(waiting[level], nodes)
    const paired = all.length - (all.length % (2 * HASH_BYTES))
    waiting[level] = paired === all.length ? undefined : all.slice(paired)
    if (paired > 0) addToLevel(level + 1, hashNodes(all.subarray(0, paired)))
  }

  return {
    add(leafHashes) {
      if (leafHashes.length % HASH_BYTES !== 0) {
        throw new MerkleError('BAD_TREE', {
          message: `Hashes are ${HASH_BYTES} bytes each, got ${leafHashes.length} bytes`,
        })
      }
      if (leafHashes.length > 0) addToLevel(0, leafHashes)
    },
    root() {
      let root: Uint8Array | undefined
      for (const node of waiting) {
        if (node !== undefined) root = root === undefined ? node : hashNodes(concat(node, root))
      }
      if (root === undefined) throw new MerkleError('BAD_TREE', { message: 'A tree has no leaves' })
      return root.slice()
    },
  }
}

function concat(left: Uint8Array, right: Uint8Array): Uint8Array {
  const both = new Uint8Array(left.length + right.length)
  both.set(left)
  both.set(right, left.length)
  return both
}
