import { MerkleError } from './errors.ts'
import { HASH_BYTES, hashLeaves, hashNodes, isLeafIndex, LEAF_BYTES } from './hashing.ts'
import type { NodePosition } from './tree.ts'

/**
 * The places of the hashes that, with the leaves at `indices`, lead to the root: level by level from the
 * leaves up, from left to right. A proof is the hashes at these places in this order, so it carries no
 * structure of its own. `indices` strictly ascend. One index gives the ordinary Merkle path.
 */
export function proofPositions(leafCount: number, indices: readonly number[]): NodePosition[] {
  checkIndices(leafCount, indices)
  const positions: NodePosition[] = []
  let known = indices
  for (let level = 0, width = leafCount; width > 1; level++, width = Math.ceil(width / 2)) {
    for (const [at, index] of known.entries()) {
      const sibling = index ^ 1
      const isKnown = known[at + 1] === sibling || known[at - 1] === sibling
      if (sibling < width && !isKnown) positions.push({ level, index: sibling })
    }
    known = parentsOf(known)
  }
  return positions
}

/** What a prover says: leaves of 1 KiB one after another, and the hashes `proofPositions` asks for. */
export interface MerkleProof {
  leafCount: number
  /** The leaves' indices, strictly ascending. */
  indices: readonly number[]
  leaves: Uint8Array
  hashes: readonly Uint8Array[]
}

/**
 * Refuses leaves that are not those of the tree with this root and leaf count: throws MerkleError
 * BAD_PROOF. Root and leaf count both come from a trusted place; the rest may be a liar's.
 */
export function verifyMerkleProof(root: Uint8Array, proof: MerkleProof): void {
  const found = rootOfProof(proof)
  if (found.length === root.length && found.every((byte, at) => byte === root[at])) return
  throw new MerkleError('BAD_PROOF', {
    message: `The leaves ${proof.indices.slice(0, 8).join(', ')} do not lead to the expected root`,
    hint: 'The bytes were changed, or belong to another replica; ask another farmer for them.',
  })
}

/** The root that a proof leads to. Throws MerkleError BAD_PROOF when its parts do not fit each other. */
export function rootOfProof({ leafCount, indices, leaves, hashes }: MerkleProof): Uint8Array {
  checkIndices(leafCount, indices)
  const needed = proofPositions(leafCount, indices).length
  if (
    leaves.length !== indices.length * LEAF_BYTES ||
    hashes.length !== needed ||
    hashes.some((hash) => hash.length !== HASH_BYTES)
  ) {
    throw new MerkleError('BAD_PROOF', {
      message: `A proof of ${indices.length} leaves of ${leafCount} is ${indices.length * LEAF_BYTES} bytes and ${needed} hashes, got ${leaves.length} bytes and ${hashes.length} hashes`,
    })
  }
  const siblings = hashes.values()
  let known: KnownNodes = { indices, hashes: leafHashes(leaves, indices) }
  for (let width = leafCount; width > 1; width = Math.ceil(width / 2)) {
    known = climb(known, width, () => siblings.next().value!)
  }
  return known.hashes
}

/** Nodes of one level, and their hashes one after another. */
interface KnownNodes {
  indices: readonly number[]
  hashes: Uint8Array
}

/** Runs of neighbours are hashed at once, which is twice as fast as one by one. */
function leafHashes(leaves: Uint8Array, indices: readonly number[]): Uint8Array {
  const hashes = new Uint8Array(indices.length * HASH_BYTES)
  for (let from = 0; from < indices.length; ) {
    const first = indices[from]!
    let to = from + 1
    while (indices[to] === first + to - from) to++
    const run = leaves.subarray(from * LEAF_BYTES, to * LEAF_BYTES)
    hashes.set(hashLeaves(first, run), from * HASH_BYTES)
    from = to
  }
  return hashes
}

/** The known nodes of the level above; `next` gives the hashes that the proof brings, in order. */
function climb({ indices, hashes }: KnownNodes, width: number, next: () => Uint8Array): KnownNodes {
  const pairs = new Uint8Array(indices.length * 2 * HASH_BYTES)
  const hashAt = (at: number): Uint8Array => hashes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES)
  const parents: number[] = []
  let end = 0
  /** Only the last node of a level may have no sibling; it moves up as it is. */
  let single: Uint8Array | undefined
  for (let at = 0; at < indices.length; at++) {
    const index = indices[at]!
    const sibling = index ^ 1
    parents.push(index >>> 1)
    if (sibling >= width) {
      single = hashAt(at)
      break
    }
    const isPair = (index & 1) === 0 && indices[at + 1] === sibling
    const other = isPair ? hashAt(at + 1) : next()
    pairs.set(hashAt(at), end + (index & 1) * HASH_BYTES)
    pairs.set(other, end + (sibling & 1) * HASH_BYTES)
    end += 2 * HASH_BYTES
    if (isPair) at++
  }
  const above = new Uint8Array(parents.length * HASH_BYTES)
  above.set(hashNodes(pairs.subarray(0, end)))
  if (single !== undefined) above.set(single, above.length - HASH_BYTES)
  return { indices: parents, hashes: above }
}

function parentsOf(indices: readonly number[]): number[] {
  const parents: number[] = []
  for (const index of indices) {
    if (parents.at(-1) !== index >>> 1) parents.push(index >>> 1)
  }
  return parents
}

/** More leaves than any replica has; below it indices fit 32-bit arithmetic. */
const MAX_LEAVES = 2 ** 31

function checkIndices(leafCount: number, indices: readonly number[]): void {
  const ascend = indices.every(
    (index, at) => isLeafIndex(index) && index < leafCount && index > (indices[at - 1] ?? -1),
  )
  if (isLeafIndex(leafCount) && leafCount <= MAX_LEAVES && indices.length > 0 && ascend) return
  throw new MerkleError('BAD_PROOF', {
    message: `A proof is of one or more leaves below ${leafCount}, in ascending order`,
    facts: { leafCount, indices: indices.slice(0, 8) },
  })
}
