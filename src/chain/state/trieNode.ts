import type { Hash } from './hash.ts'

/**
 * The nodes of a Merkle Patricia trie (Ethereum YP, appendix D). Nodes never change once made, so any
 * number of tries may share them. No key of a trie is the beginning of another, so branches hold no value.
 */
export type TrieNode = LeafNode | ExtensionNode | BranchNode

/** What remains of a key, as lower-case hexadecimal digits. */
export type Path = string

export interface LeafNode {
  readonly kind: 'leaf'
  readonly path: Path
  readonly value: Uint8Array
}

export interface ExtensionNode {
  readonly kind: 'extension'
  readonly path: Path
  readonly child: NodeReference
}

export interface BranchNode {
  readonly kind: 'branch'
  /** Sixteen places, one per digit. */
  readonly children: readonly Trie[]
}

/** A stored node by its hash, or a node itself: one not hashed yet, or one too small to be hashed. */
export type NodeReference = Hash | TrieNode

/** A whole trie by its root; undefined is the trie without keys. */
export type Trie = NodeReference | undefined

export const BRANCH_WIDTH = 16

export const leaf = (path: Path, value: Uint8Array): LeafNode => ({ kind: 'leaf', path, value })

export const branch = (children: readonly Trie[]): BranchNode => ({ kind: 'branch', children })

/** An extension, or the child itself where there is nothing to skip. */
export const extension = (path: Path, child: NodeReference): NodeReference =>
  path === '' ? child : { kind: 'extension', path, child }

/** A branch with one child replaced. */
export function withChild({ children }: BranchNode, digit: number, child: Trie): BranchNode {
  const copy = children.slice()
  copy[digit] = child
  return branch(copy)
}

/** The value of the hexadecimal digit at `position`. */
export function digitAt(path: Path, position: number): number {
  const code = path.charCodeAt(position)
  return code < 0x3a ? code - 0x30 : code - 0x57
}

/** The hexadecimal digit of 0 to 15. */
export const digitToText = (digit: number): string => '0123456789abcdef'[digit]!

/** How many digits two paths share, the first read from `position`. */
export function sharedLength(path: Path, position: number, other: Path): number {
  let length = 0
  while (
    length < other.length &&
    position + length < path.length &&
    path.charCodeAt(position + length) === other.charCodeAt(length)
  ) {
    length++
  }
  return length
}
