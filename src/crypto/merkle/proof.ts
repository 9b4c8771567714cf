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
  let known = indices.map((index, at) => ({ index, hash: leafHash(leaves, index, at) }))
  for (let width = leafCount; width > 1; width = Math.ceil(width / 2)) {
    known = climb(known, width, () => siblings.next().value!)
  }
  return known[0]!.hash
}

interface KnownNode {
  index: number
  hash: Uint8Array
}

const leafHash = (leaves: Uint8Array, index: number, at: number): Uint8Array =>
  hashLeaves(index, leaves.subarray(at * LEAF_BYTES, (at + 1) * LEAF_BYTES))

/** The known nodes of the level above; `next` gives the hashes that the proof brings, in order. */
function climb(known: readonly KnownNode[], width: number, next: () => Uint8Array): KnownNode[] {
  const above: KnownNode[] = []
  for (let at = 0; at < known.length; at++) {
    const { index, hash } = known[at]!
    const sibling = index ^ 1
    const parent = index >>> 1
    if (sibling >= width) above.push({ index: parent, hash })
    else if (index & 1) above.push({ index: parent, hash: hashPair(next(), hash) })
    else if (known[at + 1]?.index === sibling) {
      above.push({ index: parent, hash: hashPair(hash, known[++at]!.hash) })
    } else above.push({ index: parent, hash: hashPair(hash, next()) })
  }
  return above
}

const pair = new Uint8Array(2 * HASH_BYTES)

function hashPair(left: Uint8Array, right: Uint8Array): Uint8Array {
  pair.set(left)
  pair.set(right, HASH_BYTES)
  return hashNodes(pair)
}

const parentsOf = (indices: readonly number[]): number[] => [
  ...new Set(indices.map((index) => index >>> 1)),
]

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
