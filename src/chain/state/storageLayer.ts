import type { Hash } from './hash.ts'
import { readItem } from './rlpReader.ts'
import { finishRlp, startRlp, writeBytes } from './rlpWriter.ts'
import type { StateStore } from './stateStore.ts'
import { find, insert, type LoadNode, remove } from './trie.ts'
import type { Trie } from './trieNode.ts'
import { EMPTY_ROOT, trieOfRoot } from './trieSeal.ts'

/** One account's storage: a trie, and what was written over it. Clearing storage replaces it whole. */
export interface StorageLayer {
  readonly base: Hash
  /** Slot → value without leading zeros; empty where the slot was deleted. */
  readonly written: Map<string, Uint8Array>
  /** Values read from the trie before. */
  readonly read: Map<string, Uint8Array>
}

/** Where a layer finds trie nodes and the paths of slots. */
export interface SlotSource {
  load: LoadNode
  pathOf: StateStore['pathOf']
}

const EMPTY = new Uint8Array(0)

export const createStorageLayer = (base: Hash = EMPTY_ROOT): StorageLayer => ({
  base,
  written: new Map(),
  read: new Map(),
})

/** A layer with the same content whose writes are its own. */
export const copyStorageLayer = ({ base, written, read }: StorageLayer): StorageLayer => ({
  base,
  written: new Map(written),
  read: new Map(read),
})

/** The layer over the trie that holds everything written so far. */
export const settleStorageLayer = ({ written }: StorageLayer, root: Hash): StorageLayer => ({
  base: root,
  written: new Map(),
  read: written,
})

/** The value of a slot: at most 32 bytes without leading zeros, empty when it was never set. */
export function readSlot(source: SlotSource, layer: StorageLayer, slot: string): Uint8Array {
  const known = layer.written.get(slot) ?? layer.read.get(slot)
  if (known !== undefined) return known
  const value = decodeSlot(find(source.load, trieOfRoot(layer.base), source.pathOf(slot)))
  layer.read.set(slot, value)
  return value
}

/** The trie of a layer with its writes applied; not hashed yet. */
export function storageTrie(source: SlotSource, { base, written }: StorageLayer): Trie {
  let trie = trieOfRoot(base)
  for (const [slot, value] of written) {
    const path = source.pathOf(slot)
    trie =
      value.length === 0
        ? remove(source.load, trie, path)
        : insert(source.load, trie, path, encodeSlot(value))
  }
  return trie
}

function encodeSlot(value: Uint8Array): Uint8Array {
  startRlp()
  writeBytes(value)
  return finishRlp()
}

/** The value in a storage trie's leaf. */
export function decodeSlot(encoding: Uint8Array | undefined): Uint8Array {
  if (encoding === undefined) return EMPTY
  const { start, end } = readItem(encoding, 0, encoding.length)
  return encoding.slice(start, end)
}
