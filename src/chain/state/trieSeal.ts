import { keccak256 } from '../../crypto/keccak.ts'
import { bytesToKey, type Hash } from './hash.ts'
import { encodeNode } from './nodeCodec.ts'
import { branch, type NodeReference, type Trie, type TrieNode } from './trieNode.ts'

/** A node with what it hashes to and what is stored for it. */
export interface SealedNode {
  hash: Hash
  node: TrieNode
  encoding: Uint8Array
}

const HASH_BYTES = 32

/** The root of the trie without keys: Keccak-256 of the empty RLP string. */
export const EMPTY_ROOT: Hash = bytesToKey(keccak256(Uint8Array.of(0x80)))

/**
 * Hashes what is new in a trie, every node once, and returns the root hash. `emit` gets each new node that
 * must be stored, children before parents.
 */
export function sealTrie(trie: Trie, emit: (sealed: SealedNode) => void): Hash {
  if (trie === undefined) return EMPTY_ROOT
  if (typeof trie === 'string') return trie
  const node = sealChildren(trie, emit)
  return sealNode(node, encodeNode(node), emit)
}

/** A trie by its root hash. */
export const trieOfRoot = (root: Hash): Trie => (root === EMPTY_ROOT ? undefined : root)

function sealReference(
  reference: NodeReference,
  emit: (sealed: SealedNode) => void,
): NodeReference {
  if (typeof reference === 'string') return reference
  const node = sealChildren(reference, emit)
  const encoding = encodeNode(node)
  return encoding.length < HASH_BYTES ? node : sealNode(node, encoding, emit)
}

function sealNode(node: TrieNode, encoding: Uint8Array, emit: (sealed: SealedNode) => void): Hash {
  const hash = bytesToKey(keccak256(encoding))
  emit({ hash, node, encoding })
  return hash
}

/** The same node with every child sealed. */
function sealChildren(node: TrieNode, emit: (sealed: SealedNode) => void): TrieNode {
  if (node.kind === 'leaf') return node
  if (node.kind === 'extension') {
    const child = sealReference(node.child, emit)
    return child === node.child ? node : { ...node, child }
  }
  const children = node.children.slice()
  for (let digit = 0; digit < children.length; digit++) {
    const child = children[digit]
    if (typeof child === 'object') children[digit] = sealReference(child, emit)
  }
  return branch(children)
}
