import { randomBytes } from 'node:crypto'
import { bytesToHex } from '@ethereumjs/util'
import { hashLeaves } from '../../../src/crypto/merkle/hashing.ts'
import { createMerkleTree } from '../../../src/crypto/merkle/tree.ts'
import { type ReplicaOffer, replicaIdOf } from '../../../src/protocol/replicaContract.ts'
import { type Disk, openDisk, type WritableFile } from '../../../src/storage/farmer/disk.ts'
import {
  createReplicaHasher,
  type ReplicaHasher,
} from '../../../src/storage/farmer/replicaHasher.ts'
import {
  openReplicaStore,
  type ReplicaStore,
  type ReplicaStoreOptions,
} from '../../../src/storage/farmer/replicaStore.ts'
import type { KeyValueStore } from '../../../src/util/keyValueStore.ts'
import { openLevelStore } from '../../../src/util/levelStore.ts'
import { silentLogger } from '../../../src/util/logger.ts'
import { type Scope, temporaryDirectory } from './network.ts'

/** What a farmer keeps, in a directory that goes away with the test; can be opened again and again. */
export interface StoreBench {
  directory: string
  hasher: ReplicaHasher
  disk: Disk
  open(options?: Partial<ReplicaStoreOptions>): Promise<ReplicaStore>
  /** Closes the metadata as the end of a process would. */
  close(): Promise<void>
}

export async function createStoreBench(t: Scope): Promise<StoreBench> {
  const directory = temporaryDirectory(t)
  const hasher = createReplicaHasher()
  t.after(() => hasher.close())
  const disk = await openDisk({ directory: `${directory}/replicas`, isDurable: true })
  let metadata: KeyValueStore | undefined
  const close = async (): Promise<void> => {
    await metadata?.close()
    metadata = undefined
  }
  t.after(close)
  return {
    directory,
    hasher,
    disk,
    close,
    async open(options = {}) {
      await close()
      metadata = await openLevelStore(`${directory}/metadata`)
      return await openReplicaStore({
        ...{ disk, hasher, metadata, capacityBytes: 100_000_000, logger: silentLogger },
        now: () => 1_000n,
        ...options,
      })
    },
  }
}

/** Random leaves and the offer for them, without a chain. */
export interface LooseReplica {
  id: string
  offer: ReplicaOffer
  bytes: Uint8Array
}

export function looseReplica(leafCount = 300, changed: Partial<ReplicaOffer> = {}): LooseReplica {
  const bytes = new Uint8Array(randomBytes(leafCount * 1_024))
  const random = (): string => bytesToHex(randomBytes(32))
  const offer: ReplicaOffer = {
    bucketId: random(),
    fileId: random(),
    shardIndex: 0n,
    node: 0n,
    root: bytesToHex(createMerkleTree(hashLeaves(0, bytes)).root),
    leafCount: BigInt(leafCount),
    sizeBytes: BigInt(bytes.length),
    priceWei: 1n,
    endTime: 2_000n,
    salt: random(),
    expiry: 1_500n,
    ...changed,
  }
  return { id: replicaIdOf(offer), offer, bytes }
}

export const SIGNATURE = `0x${'12'.repeat(65)}`

/** Puts a replica into a store, in frames, and acknowledges it. */
export async function put(
  store: ReplicaStore,
  { id, offer, bytes }: LooseReplica,
): Promise<string> {
  const receiving = await store.receive(id, offer)
  try {
    for (let at = receiving.receivedBytes; at < bytes.length; at += 65_536) {
      await receiving.append(bytes.subarray(at, at + 65_536))
    }
    return await receiving.finish(async () => SIGNATURE)
  } finally {
    await receiving.end()
  }
}

/** All bytes of a replica as the store gives them. */
export async function readAll(
  store: ReplicaStore,
  { id, bytes }: LooseReplica,
): Promise<Uint8Array> {
  const reader = await store.openForReading(id)
  try {
    return await reader.read(0, bytes.length / 1_024)
  } finally {
    await reader.close()
  }
}

/** A disk that takes so many bytes more, and then says that it is full. */
export function fillingDisk(disk: Disk, leftBytes: { value: number }): Disk {
  return {
    ...disk,
    async openForWriting(name): Promise<WritableFile> {
      const file = await disk.openForWriting(name)
      return {
        ...file,
        async write(bytes, position) {
          if (bytes.length > leftBytes.value) {
            throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
          }
          leftBytes.value -= bytes.length
          await file.write(bytes, position)
        },
      }
    },
  }
}
