import { bytesToKey } from './hash.ts'
import { type RlpItem, readList } from './rlpReader.ts'
import {
  closeList,
  finishRlp,
  openList,
  startRlp,
  writeBytes,
  writeEmpty,
  writeHex,
  writeKey,
} from './rlpWriter.ts'
import { StateError } from './stateError.ts'
import {
  BRANCH_WIDTH,
  branch,
  leaf,
  type NodeReference,
  type Path,
  type Trie,
  type TrieNode,
} from './trieNode.ts'

const HASH_BYTES = 32

/**
 * The RLP of a node (Ethereum YP, appendix D). Children that are nodes themselves are written in place,
 * so they must be those whose own encoding is shorter than 32 bytes.
 */
export function encodeNode(node: TrieNode): Uint8Array {
  startRlp()
  writeNode(node)
  return finishRlp()
}

function writeNode(node: TrieNode): void {
  const end = openList()
  if (node.kind === 'branch') {
    writeEmpty()
    for (let digit = BRANCH_WIDTH - 1; digit >= 0; digit--) writeReference(node.children[digit])
  } else if (node.kind === 'leaf') {
    writeBytes(node.value)
    writeHex(compactPath(node.path, true))
  } else {
    writeReference(node.child)
    writeHex(compactPath(node.path, false))
  }
  closeList(end)
}

function writeReference(reference: Trie): void {
  if (reference === undefined) writeEmpty()
  else if (typeof reference === 'string') writeKey(reference)
  else writeNode(reference)
}

/** Hex-prefix encoding: one digit says leaf or extension, odd or even; then the path, padded to bytes. */
function compactPath(path: Path, isLeaf: boolean): string {
  if (path.length % 2 === 1) return (isLeaf ? '3' : '1') + path
  return (isLeaf ? '20' : '00') + path
}

/** The node that `bytes` encode. Throws `StateError` `CORRUPT_NODE` for all that no trie contains. */
export const decodeNode = (bytes: Uint8Array): TrieNode => decodePart(bytes, 0, bytes.length)

function decodePart(bytes: Uint8Array, from: number, to: number): TrieNode {
  const items = readList(bytes, from, to, BRANCH_WIDTH + 1)
  if (items.length === 2) return decodeShort(bytes, items[0]!, items[1]!)
  if (items.length === BRANCH_WIDTH + 1) return decodeBranch(bytes, items)
  throw corrupt(`it has ${items.length} items`)
}

function decodeShort(bytes: Uint8Array, pathItem: RlpItem, content: RlpItem): TrieNode {
  const { path, isLeaf } = decodePath(bytes, pathItem)
  if (isLeaf) {
    if (content.isList || content.end === content.start) throw corrupt('a leaf has no value')
    return leaf(path, bytes.slice(content.start, content.end))
  }
  const child = decodeReference(bytes, content)
  if (path === '' || child === undefined) throw corrupt('an extension leads nowhere')
  return { kind: 'extension', path, child }
}

function decodePath(bytes: Uint8Array, item: RlpItem): { path: Path; isLeaf: boolean } {
  if (item.isList || item.end === item.start) throw corrupt('a path is missing')
  const digits = Buffer.from(bytes.buffer, bytes.byteOffset).toString('hex', item.start, item.end)
  const flag = digits.charCodeAt(0) - 0x30
  const isOdd = flag === 1 || flag === 3
  if (flag < 0 || flag > 3 || (!isOdd && digits[1] !== '0')) throw corrupt('a path has a bad flag')
  return { path: digits.slice(isOdd ? 1 : 2), isLeaf: flag >= 2 }
}

function decodeBranch(bytes: Uint8Array, items: RlpItem[]): TrieNode {
  const value = items[BRANCH_WIDTH]!
  if (value.isList || value.end !== value.start) throw corrupt('a branch has a value')
  const children: Trie[] = []
  for (let digit = 0; digit < BRANCH_WIDTH; digit++) {
    children.push(decodeReference(bytes, items[digit]!))
  }
  if (children.filter((child) => child !== undefined).length < 2) {
    throw corrupt('a branch has fewer than two children')
  }
  return branch(children)
}

function decodeReference(bytes: Uint8Array, item: RlpItem): NodeReference | undefined {
  const length = item.end - item.start
  if (!item.isList) {
    if (length === 0) return undefined
    if (length === HASH_BYTES) return bytesToKey(bytes.subarray(item.start, item.end))
    throw corrupt(`a child is ${length} bytes`)
  }
  if (item.end - item.from >= HASH_BYTES) throw corrupt('a child that needs a hash stands in place')
  return decodePart(bytes, item.from, item.end)
}

const corrupt = (reason: string): StateError =>
  new StateError('CORRUPT_NODE', { message: `A trie node is malformed: ${reason}` })
