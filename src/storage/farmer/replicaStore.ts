import { utf8ToBytes } from '@ethereumjs/util'
import type { ReplicaOffer } from '../../protocol/replicaContract.ts'
import { type BoundedCache, createBoundedCache } from '../../util/boundedCache.ts'
import type { KeyValueStore, StoreChange } from '../../util/keyValueStore.ts'
import type { Logger } from '../../util/logger.ts'
import { LEAF_BYTES } from '../shardProtocol/limits.ts'
import { type Disk, isDiskFull } from './disk.ts'
import { openTree, type StoredTree } from './merkleTreeFile.ts'
import { createReceiving, type Receiving } from './receiving.ts'
import { recoverReplicas } from './recovery.ts'
import { busy, diskFull, noCapacity, notReady, replicaDamaged, unknownReplica } from './refusals.ts'
import type { ReplicaHasher } from './replicaHasher.ts'
import {
  dataFile,
  encodeRecord,
  type ReplicaRecord,
  type ReplicaState,
  treeFile,
} from './replicaRecord.ts'

/**
 * The replicas a farmer holds: bytes and Merkle tree in plain files, everything else in the metadata store. A
 * replica is acknowledged only after its files are synced, by one synced write.
 */
export interface ReplicaStore {
  /** What this farmer offers, and how much of it is taken or promised, in bytes. */
  readonly capacityBytes: number
  readonly usedBytes: number
  get(id: string): ReplicaRecord | undefined
  list(): IterableIterator<ReplicaRecord>
  /** Whether a stream is sending the replica now. */
  isReceiving(id: string): boolean
  /** Whether bytes of a replica that should be here are not. */
  isDamaged(id: string): boolean
  /** Bytes that are here of a replica; 0 when it is unknown. */
  receivedBytes(id: string): number
  /**
   * Begins to take a replica, or goes on. Throws `StorageError`: `BUSY` when another stream is at it, or too many are;
   * `NO_CAPACITY`, `DISK_FULL`.
   */
  receive(id: string, offer: ReplicaOffer): Promise<Receiving>
  /** Throws `StorageError`: `UNKNOWN_REPLICA`, `NOT_READY`, `REPLICA_DAMAGED`. */
  openForReading(id: string): Promise<ReplicaReader>
  /** Moves replicas to another state, all in one write. Unknown ones are left out. */
  setState(ids: readonly string[], state: ReplicaState): Promise<void>
  /** Forgets replicas and then removes their files. */
  remove(ids: readonly string[]): Promise<void>
}

/** The bytes and the tree of one replica. */
export interface ReplicaReader {
  readonly leafCount: number
  readonly tree: StoredTree
  /** Leaves that follow each other. */
  read(firstLeaf: number, count: number): Promise<Uint8Array>
  close(): Promise<void>
}

export interface ReplicaStoreOptions {
  disk: Disk
  metadata: KeyValueStore
  hasher: ReplicaHasher
  capacityBytes: number
  /** Unix seconds. */
  now(): bigint
  logger: Logger
  /** Replicas that may arrive at once; 32 by default. Each keeps 32 bytes per leaf in memory. */
  maxReceiving?: number
}

const TREE_CACHE_BYTES = 64 * 1_048_576

/** Bytes the disk keeps free for the metadata and everybody else. */
const DISK_RESERVE_BYTES = 64n * 1_048_576n

const KEY_PREFIX = utf8ToBytes('replica/')

/** Where the record of a replica stands. */
export const recordKey = (id: string): Uint8Array => utf8ToBytes(`replica/${id.slice(2)}`)

/** Opens the store: partial replicas can be gone on with, files nobody knows are removed. */
export async function openReplicaStore(options: ReplicaStoreOptions): Promise<ReplicaStore> {
  const { disk, metadata, hasher, capacityBytes, now, maxReceiving = 32 } = options
  const { records, partialBytes, damaged } = await recoverReplicas({
    ...options,
    keyPrefix: KEY_PREFIX,
  })
  const receiving = new Set<string>()
  const trees: BoundedCache<StoredTree> = createBoundedCache({
    maxWeight: TREE_CACHE_BYTES,
    weigh: (tree) => tree.bytes.length,
  })
  let usedBytes = 0
  for (const { offer } of records.values()) usedBytes += Number(offer.sizeBytes)

  /** Writes first and changes the memory's view after, so that both agree whatever fails. */
  const write = async (changed: readonly ReplicaRecord[]): Promise<void> => {
    await metadata.write(
      changed.map(
        (record): StoreChange => ({ key: recordKey(record.id), value: encodeRecord(record) }),
      ),
    )
    for (const record of changed) records.set(record.id, record)
  }

  const remove = async (ids: readonly string[]): Promise<void> => {
    const known = ids.filter((id) => records.has(id))
    if (known.length === 0) return
    await metadata.write(known.map((id) => ({ key: recordKey(id), value: undefined })))
    for (const id of known) {
      usedBytes -= Number(records.get(id)!.offer.sizeBytes)
      records.delete(id)
      partialBytes.delete(id)
      damaged.delete(id)
      trees.delete(id)
      await disk.remove(dataFile(id))
      await disk.remove(treeFile(id))
    }
  }

  const claim = async (id: string, offer: ReplicaOffer): Promise<ReplicaRecord> => {
    const known = records.get(id)
    if (known !== undefined) return known
    const sizeBytes = Number(offer.sizeBytes)
    if (usedBytes + sizeBytes > capacityBytes)
      throw noCapacity(sizeBytes, capacityBytes - usedBytes)
    // Counted before anything is awaited, so that two streams never share the same room.
    usedBytes += sizeBytes
    const record = { id, offer, state: 'receiving', signature: '0x', changedAt: now() } as const
    try {
      await expectRoomOnDisk(disk, sizeBytes)
      await write([record])
    } catch (error) {
      usedBytes -= sizeBytes
      throw isDiskFull(error) ? diskFull({ id }, error) : error
    }
    return record
  }

  const readTree = async (id: string, leafCount: number): Promise<StoredTree> => {
    const cached = trees.get(id)
    if (cached !== undefined) return cached
    const file = await disk.openForReading(treeFile(id))
    try {
      const bytes = await file.read(0, (await disk.sizeOf(treeFile(id))) ?? 0)
      const tree = openTree(bytes, leafCount)
      if (tree === undefined) throw new Error(`The tree has ${bytes.length} bytes`)
      trees.set(id, tree)
      return tree
    } finally {
      await file.close()
    }
  }

  return {
    capacityBytes,
    get usedBytes() {
      return usedBytes
    },
    get: (id) => records.get(id),
    list: () => records.values(),
    isReceiving: (id) => receiving.has(id),
    isDamaged: (id) => damaged.has(id),
    receivedBytes(id) {
      const record = records.get(id)
      if (record?.state === 'receiving') return partialBytes.get(id) ?? 0
      return record === undefined || damaged.has(id) ? 0 : Number(record.offer.sizeBytes)
    },

    async receive(id, offer) {
      if (receiving.has(id)) throw busy('another stream is sending this replica')
      if (receiving.size >= maxReceiving)
        throw busy(`${maxReceiving} replicas are arriving already`)
      receiving.add(id)
      try {
        const record = await claim(id, offer)
        return await createReceiving({
          record,
          disk,
          hasher,
          receivedBytes: partialBytes.get(id) ?? 0,
          onReceived: (bytes) => partialBytes.set(id, bytes),
          async acknowledge(signature) {
            await write([{ ...record, state: 'acknowledged', signature, changedAt: now() }])
            partialBytes.delete(id)
          },
          discard: () => remove([id]),
          onEnd: () => receiving.delete(id),
        })
      } catch (error) {
        receiving.delete(id)
        throw error
      }
    },

    async openForReading(id) {
      const record = records.get(id)
      if (record === undefined || record.state === 'ended') throw unknownReplica(id)
      if (record.state === 'receiving') throw notReady(id)
      if (damaged.has(id)) throw replicaDamaged(id)
      const leafCount = Number(record.offer.leafCount)
      try {
        const tree = await readTree(id, leafCount)
        const file = await disk.openForReading(dataFile(id))
        return {
          leafCount,
          tree,
          read: (firstLeaf, count) => file.read(firstLeaf * LEAF_BYTES, count * LEAF_BYTES),
          close: () => file.close(),
        }
      } catch (cause) {
        throw replicaDamaged(id, cause)
      }
    },

    async setState(ids, state) {
      const changed = ids
        .map((id) => records.get(id))
        .filter((record) => record !== undefined && record.state !== state)
        .map((record) => ({ ...record!, state, changedAt: now() }))
      if (changed.length > 0) await write(changed)
    },

    remove,
  }
}

async function expectRoomOnDisk(disk: Disk, sizeBytes: number): Promise<void> {
  // The tree takes a sixteenth of the leaves.
  const neededBytes = BigInt(sizeBytes + Math.ceil(sizeBytes / 16)) + DISK_RESERVE_BYTES
  const freeBytes = await disk.freeBytes()
  if (freeBytes >= neededBytes) return
  throw diskFull({ neededBytes, freeBytes })
}
