import { encodeNode } from './nodeCodec.ts'
import { type LoadNode, resolve } from './trie.ts'
import { digitAt, digitToText, type Path, type Trie } from './trieNode.ts'

/**
 * The encodings of the nodes on the way to a key, root first, as EIP-1186 has them. They prove its value, or
 * that it has none. Nodes that stand inside their parent are not repeated; the empty trie has no nodes.
 */
export function proveKey(load: LoadNode, trie: Trie, key: Path): Uint8Array[] {
  const proof: Uint8Array[] = []
  let reference = trie
  let position = 0
  while (reference !== undefined) {
    const node = resolve(load, reference)
    if (typeof reference === 'string') proof.push(encodeNode(node))
    if (node.kind === 'branch') {
      reference = node.children[digitAt(key, position++)]
    } else {
      const next = node.kind === 'extension' && key.startsWith(node.path, position)
      position += node.path.length
      reference = next ? node.child : undefined
    }
  }
  return proof
}

/** The keys from `from` on and their values, in the order of the keys. */
export function* entriesFrom(
  load: LoadNode,
  trie: Trie,
  from: Path,
  prefix: Path = '',
): Generator<[key: Path, value: Uint8Array]> {
  // Every key below begins with the prefix: skip the subtree when even the largest of them is smaller.
  if (trie === undefined || prefix < from.slice(0, prefix.length)) return
  const node = resolve(load, trie)
  if (node.kind === 'branch') {
    for (const [digit, child] of node.children.entries()) {
      yield* entriesFrom(load, child, from, prefix + digitToText(digit))
    }
  } else if (node.kind === 'extension') {
    yield* entriesFrom(load, node.child, from, prefix + node.path)
  } else if (prefix + node.path >= from) {
    yield [prefix + node.path, node.value]
  }
}
