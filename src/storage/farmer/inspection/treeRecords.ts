import { bytesToHex, utf8ToBytes } from '@ethereumjs/util'
import type { TreeEntry } from '../../../spor/sumNode.ts'
import { EMPTY_TREE, type SumTree } from '../../../spor/sumTree.ts'
import { createSumTree, entriesOf, type PlacedEntry } from '../../../spor/treeLookup.ts'
import type { KeyValueStore, StoreChange } from '../../../util/keyValueStore.ts'
import type { ChainHead } from '../chain.ts'

/** The tree of a node as a farmer keeps it, and the block after which it was so. */
export interface KeptTree {
  readonly tree: SumTree
  /** Undefined before the first look at the chain. */
  readonly after: ChainHead | undefined
}

/** Keeps a node's tree across restarts, one record for each place. */
export interface TreeRecords {
  /** What was kept; an empty tree when there is nothing, or not what its own root says. */
  load(): Promise<KeptTree>
  /** Replaces what was kept by another tree, whole or not at all. */
  save(from: SumTree, to: KeptTree): Promise<void>
}

const HEAD_KEY = utf8ToBytes('inspection/tree')
const ENTRY_PREFIX = utf8ToBytes('inspection/entry/')

const ENTRY_BYTES = 68
const HEAD_BYTES = 73

export function createTreeRecords(metadata: KeyValueStore): TreeRecords {
  return {
    async load() {
      const head = metadata.get(HEAD_KEY)
      const entries: PlacedEntry[] = []
      for await (const [key, value] of metadata.entries(ENTRY_PREFIX)) {
        const entry = decodeEntry(value)
        if (entry !== undefined) entries.push({ place: placeOfKey(key), entry })
      }
      if (head?.length !== HEAD_BYTES) return { tree: EMPTY_TREE, after: undefined }
      const view = Buffer.from(head)
      const tree = createSumTree(entries, view.readUInt8(0))
      if (!view.subarray(41).equals(tree.root)) return { tree, after: undefined }
      const number = Number(view.readBigUInt64BE(1))
      return { tree, after: { number, hash: bytesToHex(new Uint8Array(view.subarray(9, 41))) } }
    },
    async save(from, { tree, after }) {
      if (after === undefined) return
      await metadata.write([
        ...entryChanges(from, tree),
        { key: HEAD_KEY, value: encodeHead(tree, after) },
      ])
    },
  }
}

/** Only what differs is written: a farmer may have a hundred thousand replicas. */
function entryChanges(from: SumTree, to: SumTree): StoreChange[] {
  const before = new Map([...entriesOf(from)].map(({ place, entry }) => [place, entry]))
  const changes: StoreChange[] = []
  for (const { place, entry } of entriesOf(to)) {
    if (before.get(place) !== entry) changes.push({ key: keyOf(place), value: encodeEntry(entry) })
    before.delete(place)
  }
  for (const place of before.keys()) changes.push({ key: keyOf(place), value: undefined })
  return changes
}

function keyOf(place: number): Uint8Array {
  const key = Buffer.alloc(ENTRY_PREFIX.length + 4)
  key.set(ENTRY_PREFIX)
  key.writeUInt32BE(place, ENTRY_PREFIX.length)
  return key
}

const placeOfKey = (key: Uint8Array): number => Buffer.from(key).readUInt32BE(ENTRY_PREFIX.length)

function encodeEntry({ replicaId, root, leafCount }: TreeEntry): Uint8Array {
  const bytes = Buffer.alloc(ENTRY_BYTES)
  bytes.set(replicaId)
  bytes.set(root, 32)
  bytes.writeUInt32BE(leafCount, 64)
  return bytes
}

const decodeEntry = (bytes: Uint8Array): TreeEntry | undefined =>
  bytes.length === ENTRY_BYTES
    ? {
        replicaId: new Uint8Array(bytes.slice(0, 32)),
        root: new Uint8Array(bytes.slice(32, 64)),
        leafCount: Buffer.from(bytes).readUInt32BE(64),
      }
    : undefined

function encodeHead({ height, root }: SumTree, { number, hash }: ChainHead): Uint8Array {
  const bytes = Buffer.alloc(HEAD_BYTES)
  bytes.writeUInt8(height, 0)
  bytes.writeBigUInt64BE(BigInt(number), 1)
  bytes.set(Buffer.from(hash.slice(2), 'hex'), 9)
  bytes.set(root, 41)
  return bytes
}
