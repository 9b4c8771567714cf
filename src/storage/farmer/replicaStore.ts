import { utf8ToBytes } from '@ethereumjs/util'
import type { ReplicaOffer } from '../../protocol/replicaContract.ts'
import type { KeyValueStore, StoreChange } from '../../util/keyValueStore.ts'
import type { Logger } from '../../util/logger.ts'
import { type Disk, isDiskFull } from './disk.ts'
import { createReplicaOpener, type ReplicaReader } from './openReplica.ts'
import { createReceiving, type Receiving } from './receiving.ts'
import { recoverReplicas } from './recovery.ts'
import { busy, diskFull, noCapacity, unknownReplica } from './refusals.ts'
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
  /** Seconds since a replica still arriving had a stream or new bytes; 0 for all others. */
  idleSeconds(id: string): bigint
  /** What a bucket was promised and has not registered: replicas that arrive, or wait for their registration. */
  promisedTo(bucketId: string, exceptId: string): BucketPromise
  /** Bytes that are here of a replica; 0 when it is unknown. */
  receivedBytes(id: string): number
  /**
   * Begins to take a replica, or goes on; a damaged one is taken anew, and stays what it is on chain. One of which nothing came is forgotten when its stream ends. Just before a
   * new one is counted, `expectRoom` may throw. Throws `StorageError`: `BUSY` when another stream is at it, or too
   * many are; `NO_CAPACITY`, `DISK_FULL`.
   */
  receive(id: string, offer: ReplicaOffer, expectRoom?: () => void): Promise<Receiving>
  /** Throws `StorageError`: `UNKNOWN_REPLICA`, `NOT_READY`, `REPLICA_DAMAGED`. */
  openForReading(id: string): Promise<ReplicaReader>
  /** The same for an inspection, which may ask for a replica that is over until it is out of the node's tree. */
  openForInspection(id: string): Promise<ReplicaReader>
  /** Moves replicas to another state, all in one write. Unknown ones are left out. */
  setState(ids: readonly string[], state: ReplicaState): Promise<void>
  /** Forgets replicas and then removes their files. */
  remove(ids: readonly string[]): Promise<void>
}

/** What is promised to a bucket. */
export interface BucketPromise {
  bytes: bigint
  priceWei: bigint
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
  /** Replicas that are counted, and whose record is being written. */
  const claiming = new Map<string, ReplicaRecord>()
  const activeAt = new Map<string, bigint>([...partialBytes.keys()].map((id) => [id, now()]))
  const opener = createReplicaOpener({ disk, records, damaged })
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
      const record = records.get(id)
      if (record === undefined) continue
      usedBytes -= Number(record.offer.sizeBytes)
      records.delete(id)
      partialBytes.delete(id)
      activeAt.delete(id)
      damaged.delete(id)
      opener.forget(id)
      await disk.remove(dataFile(id))
      await disk.remove(treeFile(id))
    }
  }

  const claim = async (
    id: string,
    offer: ReplicaOffer,
    expectRoom: () => void,
  ): Promise<ReplicaRecord> => {
    const known = records.get(id)
    if (known !== undefined) return known
    const sizeBytes = Number(offer.sizeBytes)
    if (usedBytes + sizeBytes > capacityBytes)
      throw noCapacity(sizeBytes, capacityBytes - usedBytes)
    expectRoom()
    // Counted before anything is awaited, so that two streams never share the same room.
    usedBytes += sizeBytes
    const record = { id, offer, state: 'receiving', signature: '0x', changedAt: now() } as const
    claiming.set(id, record)
    try {
      await expectRoomOnDisk(disk, sizeBytes)
      await write([record])
    } catch (error) {
      usedBytes -= sizeBytes
      throw isDiskFull(error) ? diskFull({ id }, error) : error
    } finally {
      claiming.delete(id)
    }
    return record
  }

  /** What brought no byte takes no room: an offer alone costs its sender nothing. */
  const endReceiving = async (id: string): Promise<void> => {
    try {
      const isEmpty = records.get(id)?.state === 'receiving' && !partialBytes.get(id)
      if (isEmpty) await remove([id])
      else if (records.get(id)?.state === 'receiving') activeAt.set(id, now())
    } finally {
      receiving.delete(id)
    }
  }

  /** The record keeps its state, so that a crash or other bytes than the root's leave the replica as it was. */
  const receiveAnew = async (record: ReplicaRecord): Promise<Receiving> => {
    const { id } = record
    await disk.remove(dataFile(id))
    await disk.remove(treeFile(id))
    return await createReceiving({
      record: { ...record, state: 'receiving' },
      disk,
      hasher,
      receivedBytes: 0,
      onReceived: () => {},
      async acknowledge(signature) {
        const current = records.get(id)
        if (current === undefined) throw unknownReplica(id)
        await write([{ ...current, signature }])
        opener.forget(id)
        damaged.delete(id)
      },
      discard: () => disk.remove(dataFile(id)),
      onEnd: async () => void receiving.delete(id),
    })
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
    idleSeconds(id) {
      const since = activeAt.get(id)
      const isIdle = records.get(id)?.state === 'receiving' && !receiving.has(id)
      return isIdle && since !== undefined ? now() - since : 0n
    },
    promisedTo(bucketId, exceptId) {
      const promise = { bytes: 0n, priceWei: 0n }
      for (const { id, offer, state } of new Map([...claiming, ...records]).values()) {
        const isPromise = state === 'receiving' || state === 'acknowledged'
        if (!isPromise || id === exceptId || offer.bucketId !== bucketId) continue
        promise.bytes += offer.sizeBytes
        promise.priceWei += offer.priceWei
      }
      return promise
    },
    receivedBytes(id) {
      const record = records.get(id)
      if (record?.state === 'receiving') return partialBytes.get(id) ?? 0
      return record === undefined || damaged.has(id) ? 0 : Number(record.offer.sizeBytes)
    },

    async receive(id, offer, expectRoom = () => {}) {
      if (receiving.has(id)) throw busy('another stream is sending this replica')
      if (receiving.size >= maxReceiving)
        throw busy(`${maxReceiving} replicas are arriving already`)
      receiving.add(id)
      try {
        const record = await claim(id, offer, expectRoom)
        if (damaged.has(id)) return await receiveAnew(record)
        return await createReceiving({
          record,
          disk,
          hasher,
          receivedBytes: partialBytes.get(id) ?? 0,
          onReceived: (bytes) => partialBytes.set(id, bytes),
          async acknowledge(signature) {
            await write([{ ...record, state: 'acknowledged', signature, changedAt: now() }])
            partialBytes.delete(id)
            activeAt.delete(id)
          },
          discard: () => remove([id]),
          onEnd: () => endReceiving(id),
        })
      } catch (error) {
        await endReceiving(id)
        throw error
      }
    },

    async openForReading(id) {
      if (records.get(id)?.state === 'ended') throw unknownReplica(id)
      return await opener.open(id)
    },

    openForInspection: opener.open,

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
