import { keccak256 } from '../../crypto/keccak.ts'
import type { KeyValueStore, StoreChange } from '../../util/keyValueStore.ts'
import { DATABASE_KEYS, databaseKey } from '../databaseKeys.ts'
import { createGenerationCache } from './generationCache.ts'
import { bytesToKey, type Hash, keyToBytes, keyToHex } from './hash.ts'
import { decodeNode } from './nodeCodec.ts'
import { DAMAGE_HINT, StateError } from './stateError.ts'
import type { Path, TrieNode } from './trieNode.ts'
import { EMPTY_ROOT, type SealedNode } from './trieSeal.ts'

/** The stored nodes and code of every state, decoded, checked against their hashes, and cached. */
export interface StateStore {
  /** Whether a root is in the store itself, where being held decoded does not count. */
  hasRoot(root: Hash): boolean
  loadNode(hash: Hash): TrieNode
  loadCode(hash: Hash): Uint8Array
  /** Keeps nodes decoded that are about to be stored, since the next state begins with them. */
  remember(nodes: Iterable<SealedNode>): void
  /** The path of an address or slot in its trie: the digits of its Keccak-256. */
  pathOf(key: string): Path
  /** How many nodes are held decoded. */
  readonly cachedNodes: number
}

export interface StateStoreOptions {
  store: KeyValueStore
  cacheNodes: number
}

const CACHED_PATHS = 65_536
const CACHED_CODES = 512
const CACHED_ROOTS = 1_024

export function createStateStore({ store, cacheNodes }: StateStoreOptions): StateStore {
  const nodes = createGenerationCache<TrieNode>(cacheNodes)
  const codes = createGenerationCache<Uint8Array>(CACHED_CODES)
  const paths = createGenerationCache<Path>(CACHED_PATHS)
  // Stored nodes are never deleted, and asking a busy database takes up to a millisecond.
  const storedRoots = createGenerationCache<true>(CACHED_ROOTS)

  // A store may answer with Buffers, whose `slice` shares memory where every other copies.
  const read = (kind: number, hash: Hash): Uint8Array | undefined => {
    const bytes = store.get(databaseKey(kind, keyToBytes(hash)))
    return bytes && new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  const readNode = (hash: Hash): TrieNode => {
    const encoding = read(DATABASE_KEYS.trieNode, hash)
    if (encoding === undefined)
      throw damaged('MISSING_NODE', `Trie node ${keyToHex(hash)} is missing`)
    if (bytesToKey(keccak256(encoding)) !== hash) {
      throw damaged(
        'CORRUPT_NODE',
        `Trie node ${keyToHex(hash)} has other content than its hash says`,
      )
    }
    return decodeNode(encoding)
  }

  const readCode = (hash: Hash): Uint8Array => {
    const code = read(DATABASE_KEYS.code, hash)
    if (code === undefined) throw damaged('MISSING_CODE', `Code ${keyToHex(hash)} is missing`)
    if (bytesToKey(keccak256(code)) !== hash) {
      throw damaged('CORRUPT_CODE', `Code ${keyToHex(hash)} has other content than its hash says`)
    }
    return code
  }

  return {
    hasRoot(root) {
      if (root === EMPTY_ROOT || storedRoots.get(root)) return true
      if (read(DATABASE_KEYS.trieNode, root) === undefined) return false
      storedRoots.set(root, true)
      return true
    },
    loadNode(hash) {
      const cached = nodes.get(hash)
      if (cached !== undefined) return cached
      const node = readNode(hash)
      nodes.set(hash, node)
      return node
    },
    loadCode(hash) {
      const cached = codes.get(hash)
      if (cached !== undefined) return cached
      const code = readCode(hash)
      codes.set(hash, code)
      return code
    },
    remember(sealed) {
      for (const { hash, node } of sealed) nodes.set(hash, node)
    },
    pathOf(key) {
      const cached = paths.get(key)
      if (cached !== undefined) return cached
      const path = Buffer.from(keccak256(keyToBytes(key)).buffer).toString('hex')
      paths.set(key, path)
      return path
    },
    get cachedNodes() {
      return nodes.size
    },
  }
}

/** What the store must hold for a node to be loaded again. */
export const nodeChange = ({ hash, encoding }: SealedNode): StoreChange => ({
  key: databaseKey(DATABASE_KEYS.trieNode, keyToBytes(hash)),
  value: encoding,
})

/** What the store must hold for code to be loaded again. */
export const codeChange = (hash: Hash, code: Uint8Array): StoreChange => ({
  key: databaseKey(DATABASE_KEYS.code, keyToBytes(hash)),
  value: code,
})

const damaged = (
  code: 'MISSING_NODE' | 'CORRUPT_NODE' | 'MISSING_CODE' | 'CORRUPT_CODE',
  message: string,
): StateError => new StateError(code, { message, hint: DAMAGE_HINT })
