import { keccak256 } from '../crypto/keccak.ts'
import { HASH_BYTES } from '../crypto/merkle/hashing.ts'
import { InspectionError } from './inspectionErrors.ts'
import { MAX_TOTAL_LEAVES } from './sampling.ts'

/** A node of a Merkle-sum tree: how many leaves lie below it, and the hash that stands for them and for their number. */
export interface SumNode {
  readonly sum: bigint
  /** 32 bytes. */
  readonly hash: Uint8Array
}

/** A replica as it stands in its farmer's tree. */
export interface TreeEntry {
  /** 32 bytes. */
  readonly replicaId: Uint8Array
  /** The Merkle root of its leaves, 32 bytes. */
  readonly root: Uint8Array
  /** 1 to 2^32 − 1. */
  readonly leafCount: number
}

/** An empty place, and a subtree without any entry, however high. */
export const EMPTY_NODE: SumNode = { sum: 0n, hash: new Uint8Array(HASH_BYTES) }

/**
 * The node of an entry: keccak256(0x02 ‖ replica id ‖ root ‖ leaf count (uint64)). Throws InspectionError BAD_ENTRY.
 */
export function entryNode({ replicaId, root, leafCount }: TreeEntry): SumNode {
  const isCount = Number.isInteger(leafCount) && leafCount >= 1 && leafCount <= MAX_LEAF_COUNT
  if (!isCount || replicaId.length !== HASH_BYTES || root.length !== HASH_BYTES) {
    throw new InspectionError('BAD_ENTRY', {
      message: `An entry is 32 bytes of id, 32 of root and 1 to ${MAX_LEAF_COUNT} leaves, not ${replicaId.length}, ${root.length} and ${leafCount}`,
    })
  }
  const message = new Uint8Array(1 + 2 * HASH_BYTES + SUM_BYTES)
  message[0] = ENTRY_PREFIX
  message.set(replicaId, 1)
  message.set(root, 1 + HASH_BYTES)
  const sum = BigInt(leafCount)
  viewOf(message).setBigUint64(1 + 2 * HASH_BYTES, sum)
  return { sum, hash: keccak256(message) }
}

/**
 * The node above two: keccak256(0x03 ‖ left sum (uint64) ‖ left hash ‖ right sum (uint64) ‖ right hash), or empty above
 * two empty ones. Throws InspectionError BAD_PATH when the sum has no 64 bits: then it is nobody's tree.
 */
export function joinNodes(left: SumNode, right: SumNode): SumNode {
  if (isEmptyNode(left) && isEmptyNode(right)) return EMPTY_NODE
  const sum = left.sum + right.sum
  if (sum > MAX_TOTAL_LEAVES) {
    throw new InspectionError('BAD_PATH', {
      message: `A tree has at most 2^64 − 1 leaves, not ${left.sum} and ${right.sum}`,
    })
  }
  const message = new Uint8Array(1 + 2 * NODE_BYTES)
  message[0] = INNER_PREFIX
  message.set(encodeNode(left), 1)
  message.set(encodeNode(right), 1 + NODE_BYTES)
  return { sum, hash: keccak256(message) }
}

/** Whether no entry lies below. */
export const isEmptyNode = ({ sum, hash }: SumNode): boolean =>
  sum === 0n && hash.every((byte) => byte === 0)

/** The 40 bytes of a node in a path: its sum (uint64), then its hash. */
export function encodeNode({ sum, hash }: SumNode): Uint8Array {
  const bytes = new Uint8Array(NODE_BYTES)
  viewOf(bytes).setBigUint64(0, sum)
  bytes.set(hash, SUM_BYTES)
  return bytes
}

/** The node of 40 bytes, in the same memory. */
export const decodeNode = (bytes: Uint8Array): SumNode => ({
  sum: viewOf(bytes).getBigUint64(0),
  hash: bytes.subarray(SUM_BYTES, NODE_BYTES),
})

const SUM_BYTES = 8

/** Bytes of a sibling in a path. */
export const NODE_BYTES = SUM_BYTES + HASH_BYTES

/** Leaf counts are 32 bits wide in changes and in proofs. */
export const MAX_LEAF_COUNT = 2 ** 32 - 1

const ENTRY_PREFIX = 0x02
const INNER_PREFIX = 0x03

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
