import type { NodePosition } from '../../crypto/merkle/tree.ts'

const HASH_BYTES = 32

/** A replica's whole tree as it lies in its file: leaf hashes first, the root last. */
export interface StoredTree {
  readonly bytes: Uint8Array
  readonly root: Uint8Array
  node(position: NodePosition): Uint8Array
}

/** Bytes of the tree over so many leaves. */
export function treeBytes(leafCount: number): number {
  const starts = levelStarts(leafCount)
  return starts.at(-1)! + HASH_BYTES
}

/** The tree in `bytes`; undefined when they are not as many as the leaf count asks for. */
export function openTree(bytes: Uint8Array, leafCount: number): StoredTree | undefined {
  if (bytes.length !== treeBytes(leafCount)) return undefined
  const starts = levelStarts(leafCount)
  const at = (start: number): Uint8Array => bytes.subarray(start, start + HASH_BYTES)
  return {
    bytes,
    root: at(starts.at(-1)!),
    node: ({ level, index }) => at(starts[level]! + index * HASH_BYTES),
  }
}

function levelStarts(leafCount: number): number[] {
  const starts = [0]
  for (let width = leafCount; width > 1; width = Math.ceil(width / 2)) {
    starts.push(starts.at(-1)! + width * HASH_BYTES)
  }
  return starts
}
