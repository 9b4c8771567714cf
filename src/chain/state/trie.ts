import type { Hash } from './hash.ts'
import {
  BRANCH_WIDTH,
  branch,
  digitAt,
  digitToText,
  extension,
  leaf,
  type NodeReference,
  type Path,
  sharedLength,
  type Trie,
  type TrieNode,
  withChild,
} from './trieNode.ts'

/** Gives the node of a hash; throws `StateError` `MISSING_NODE` or `CORRUPT_NODE` when it cannot. */
export type LoadNode = (hash: Hash) => TrieNode

export const resolve = (load: LoadNode, reference: NodeReference): TrieNode =>
  typeof reference === 'string' ? load(reference) : reference

/** The value of a key, or undefined when the trie does not hold it. */
export function find(load: LoadNode, trie: Trie, key: Path): Uint8Array | undefined {
  let reference = trie
  let position = 0
  while (reference !== undefined) {
    const node = resolve(load, reference)
    if (node.kind === 'branch') {
      reference = node.children[digitAt(key, position++)]
      continue
    }
    if (!key.startsWith(node.path, position)) return undefined
    position += node.path.length
    if (node.kind === 'leaf') return position === key.length ? node.value : undefined
    reference = node.child
  }
  return undefined
}

/** A trie in which a key has a value; the very same trie when it had it before. Values are not empty. */
export const insert = (load: LoadNode, trie: Trie, key: Path, value: Uint8Array): NodeReference =>
  insertAt(load, trie, key, 0, value)

function insertAt(
  load: LoadNode,
  trie: Trie,
  key: Path,
  position: number,
  value: Uint8Array,
): NodeReference {
  if (trie === undefined) return leaf(key.slice(position), value)
  const node = resolve(load, trie)
  if (node.kind === 'branch') {
    const digit = digitAt(key, position)
    const before = node.children[digit]
    const after = insertAt(load, before, key, position + 1, value)
    return after === before ? trie : withChild(node, digit, after)
  }
  const shared = sharedLength(key, position, node.path)
  if (shared < node.path.length) return split(node, shared, key, position, value)
  if (node.kind === 'leaf') return sameBytes(node.value, value) ? trie : leaf(node.path, value)
  const after = insertAt(load, node.child, key, position + shared, value)
  return after === node.child ? trie : extension(node.path, after)
}

/** Puts a branch where a key leaves the path of a leaf or extension after `shared` digits. */
function split(
  node: Exclude<TrieNode, { kind: 'branch' }>,
  shared: number,
  key: Path,
  position: number,
  value: Uint8Array,
): NodeReference {
  const children = new Array<Trie>(BRANCH_WIDTH).fill(undefined)
  const rest = node.path.slice(shared + 1)
  children[digitAt(node.path, shared)] =
    node.kind === 'leaf' ? leaf(rest, node.value) : extension(rest, node.child)
  children[digitAt(key, position + shared)] = leaf(key.slice(position + shared + 1), value)
  return extension(node.path.slice(0, shared), branch(children))
}

/** A trie without a key; the very same trie when it did not hold it. */
export const remove = (load: LoadNode, trie: Trie, key: Path): Trie => removeAt(load, trie, key, 0)

function removeAt(load: LoadNode, trie: Trie, key: Path, position: number): Trie {
  if (trie === undefined) return undefined
  const node = resolve(load, trie)
  if (node.kind === 'branch') {
    const digit = digitAt(key, position)
    const before = node.children[digit]
    const after = removeAt(load, before, key, position + 1)
    if (after === before) return trie
    return after === undefined
      ? withoutChild(load, node.children, digit)
      : withChild(node, digit, after)
  }
  if (!key.startsWith(node.path, position)) return trie
  const next = position + node.path.length
  if (node.kind === 'leaf') return next === key.length ? undefined : trie
  const after = removeAt(load, node.child, key, next)
  if (after === node.child) return trie
  return after === undefined ? undefined : prepend(load, node.path, after)
}

/** A branch that lost a child; what is left of it when only one child remains. */
function withoutChild(load: LoadNode, children: readonly Trie[], digit: number): NodeReference {
  let only = -1
  for (let other = 0; other < BRANCH_WIDTH; other++) {
    if (other === digit || children[other] === undefined) continue
    if (only >= 0) return withChild(branch(children), digit, undefined)
    only = other
  }
  return prepend(load, digitToText(only), children[only]!)
}

/** A node reached by a longer path: leaves and extensions take it into their own. */
function prepend(load: LoadNode, path: Path, reference: NodeReference): NodeReference {
  const node = resolve(load, reference)
  if (node.kind === 'branch') return extension(path, reference)
  return { ...node, path: path + node.path }
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}
