import { bytesToHex } from '@ethereumjs/util'
import { LEAF_BYTES } from '../shardProtocol/limits.ts'
import { type Disk, isDiskFull, type WritableFile } from './disk.ts'
import { diskFull, rootMismatch, sizeMismatch } from './refusals.ts'
import type { ReplicaHasher } from './replicaHasher.ts'
import { dataFile, type ReplicaRecord, treeFile } from './replicaRecord.ts'

/** A replica that is arriving. Whoever has it calls `end` in every case. */
export interface Receiving {
  /** Bytes that are here and hashed; a whole number of leaves. */
  readonly receivedBytes: number
  /** Takes the next leaves. Throws `StorageError`: `SIZE_MISMATCH`, `DISK_FULL`. */
  append(leaves: Uint8Array): Promise<void>
  /**
   * Checks that all bytes are here and lead to the root, makes them last, signs and acknowledges; returns the
   * signature. Throws `StorageError`: `SIZE_MISMATCH` (what is here stays), `ROOT_MISMATCH` (it goes), `DISK_FULL`.
   */
  finish(sign: () => Promise<string>): Promise<string>
  /** Lets go of the file; what is here stays, so that the sender can go on later. */
  end(): Promise<void>
}

export interface ReceivingOptions {
  record: ReplicaRecord
  disk: Disk
  hasher: ReplicaHasher
  /** Bytes the file holds already. */
  receivedBytes: number
  onReceived(receivedBytes: number): void
  /** Makes the record acknowledged, durably. */
  acknowledge(signature: string): Promise<void>
  /** Removes record and files. */
  discard(): Promise<void>
  /** Called when the file is closed. */
  onEnd(): Promise<void>
}

const HASH_BYTES = 32
const REHASH_BYTES = 1_048_576

/** Opens the file and hashes what is in it from earlier. */
export async function createReceiving(options: ReceivingOptions): Promise<Receiving> {
  const { record, disk, hasher, onReceived, acknowledge, discard, onEnd } = options
  const { id, offer, state } = record
  const sizeBytes = Number(offer.sizeBytes)
  if (state !== 'receiving') return alreadyReceived(record, onEnd)
  const leafHashes = new Uint8Array(Number(offer.leafCount) * HASH_BYTES)
  let receivedBytes = Math.min(options.receivedBytes, sizeBytes)
  receivedBytes -= receivedBytes % LEAF_BYTES
  if (receivedBytes > 0) await rehash(disk, hasher, id, leafHashes, receivedBytes)
  const file = await orDiskFull(() => disk.openForWriting(dataFile(id)))

  /** A full disk takes the partial replica with it, which makes room for the rest. */
  async function orDiskFull<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work()
    } catch (error) {
      if (!isDiskFull(error)) throw error
      await discard()
      throw diskFull({ id }, error)
    }
  }

  const hashInto = async (leaves: Uint8Array, position: number): Promise<void> => {
    const firstIndex = position / LEAF_BYTES
    leafHashes.set(await hasher.hashLeaves(firstIndex, leaves), firstIndex * HASH_BYTES)
  }

  const makeLast = async (tree: Uint8Array): Promise<void> => {
    await file.sync()
    await writeWhole(disk, treeFile(id), tree)
    await disk.sync()
  }

  return {
    get receivedBytes() {
      return receivedBytes
    },
    async append(leaves) {
      if (leaves.length % LEAF_BYTES !== 0 || receivedBytes + leaves.length > sizeBytes) {
        throw sizeMismatch(receivedBytes + leaves.length, sizeBytes)
      }
      const position = receivedBytes
      // Both finish before either's failure is told, or the file would be written after it was given up.
      const [written, hashed] = await Promise.allSettled([
        file.write(leaves, position),
        hashInto(leaves, position),
      ])
      await orDiskFull(async () => {
        if (written.status === 'rejected') throw written.reason
      })
      if (hashed.status === 'rejected') throw hashed.reason
      receivedBytes += leaves.length
      onReceived(receivedBytes)
    },
    async finish(sign) {
      if (receivedBytes !== sizeBytes) throw sizeMismatch(receivedBytes, sizeBytes)
      const tree = await hasher.buildTree(leafHashes)
      const root = bytesToHex(tree.subarray(-HASH_BYTES))
      if (root !== offer.root.toLowerCase()) {
        await discard()
        throw rootMismatch(root, offer.root)
      }
      return await orDiskFull(async () => {
        await makeLast(tree)
        const signature = await sign()
        await acknowledge(signature)
        return signature
      })
    },
    async end() {
      try {
        await file.close()
      } finally {
        await onEnd()
      }
    },
  }
}

/** The sender asks again for what it did not hear: nothing is taken, and the same signature is told. */
const alreadyReceived = (
  { offer, signature }: ReplicaRecord,
  onEnd: () => Promise<void>,
): Receiving => {
  const sizeBytes = Number(offer.sizeBytes)
  return {
    receivedBytes: sizeBytes,
    async append(leaves) {
      throw sizeMismatch(sizeBytes + leaves.length, sizeBytes)
    },
    finish: async () => signature,
    end: onEnd,
  }
}

async function rehash(
  disk: Disk,
  hasher: ReplicaHasher,
  id: string,
  leafHashes: Uint8Array,
  lengthBytes: number,
): Promise<void> {
  const file = await disk.openForReading(dataFile(id))
  try {
    for (let at = 0; at < lengthBytes; at += REHASH_BYTES) {
      const leaves = await file.read(at, Math.min(REHASH_BYTES, lengthBytes - at))
      const firstIndex = at / LEAF_BYTES
      leafHashes.set(await hasher.hashLeaves(firstIndex, leaves), firstIndex * HASH_BYTES)
    }
  } finally {
    await file.close()
  }
}

/** Writes a file anew and makes it last. */
export async function writeWhole(disk: Disk, name: string, bytes: Uint8Array): Promise<void> {
  const file: WritableFile = await disk.openForWriting(name)
  try {
    await file.truncate(0)
    await file.write(bytes, 0)
    await file.sync()
  } finally {
    await file.close()
  }
}
