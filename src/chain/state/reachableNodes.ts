import { decodeAccount } from './accountCodec.ts'
import { bytesToKey, type Hash } from './hash.ts'
import type { Trie, TrieNode } from './trieNode.ts'
import type { SealedNode } from './trieSeal.ts'

/**
 * Of the nodes given, those that a state root leads to by way of these nodes alone, the storage tries of
 * accounts included. Children come before parents, as `sealTrie` emits them.
 */
export function reachableNodes(
  nodes: ReadonlyMap<Hash, SealedNode>,
  root: Hash,
): Map<Hash, SealedNode> {
  const reached = new Set<Hash>()

  const visit = (reference: Trie, onLeaf: (value: Uint8Array) => void): void => {
    if (typeof reference !== 'string') {
      if (reference !== undefined) visitNode(reference, onLeaf)
      return
    }
    const sealed = nodes.get(reference)
    if (sealed === undefined || reached.has(reference)) return
    reached.add(reference)
    visitNode(sealed.node, onLeaf)
  }
  const visitNode = (node: TrieNode, onLeaf: (value: Uint8Array) => void): void => {
    if (node.kind === 'leaf') onLeaf(node.value)
    else if (node.kind === 'extension') visit(node.child, onLeaf)
    else for (const child of node.children) visit(child, onLeaf)
  }

  visit(root, (account) => visit(bytesToKey(decodeAccount(account).storageRoot), () => {}))
  return new Map([...nodes].filter(([hash]) => reached.has(hash)))
}
