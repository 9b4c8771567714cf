import { bytesToHex } from '@ethereumjs/util'
import type { KeyValueStore } from '../../util/keyValueStore.ts'
import type { Logger } from '../../util/logger.ts'
import { LEAF_BYTES } from '../shardProtocol/limits.ts'
import type { Disk } from './disk.ts'
import { treeBytes } from './merkleTreeFile.ts'
import { writeWhole } from './receiving.ts'
import type { ReplicaHasher } from './replicaHasher.ts'
import { dataFile, decodeRecord, idOfFile, type ReplicaRecord, treeFile } from './replicaRecord.ts'

export interface RecoveryOptions {
  disk: Disk
  metadata: KeyValueStore
  hasher: ReplicaHasher
  logger: Logger
  keyPrefix: Uint8Array
}

/** What is found when a farmer starts. */
export interface Recovered {
  records: Map<string, ReplicaRecord>
  /** Bytes that are here of each replica still arriving. */
  partialBytes: Map<string, number>
  /** Acknowledged replicas whose bytes are not all here. */
  damaged: Set<string>
}

/**
 * Reads the records and compares them with the files: what no record names is removed, a partial replica keeps its
 * whole leaves, and of each acknowledged one it is checked that its files are whole.
 */
export async function recoverReplicas(options: RecoveryOptions): Promise<Recovered> {
  const { disk, logger } = options
  const records = await readRecords(options)
  const partialBytes = new Map<string, number>()
  const damaged = new Set<string>()
  for (const name of await disk.list()) {
    const id = idOfFile(name)
    if (id !== undefined && !records.has(id)) await disk.remove(name)
  }
  for (const [id, { offer, state }] of records) {
    const sizeBytes = (await disk.sizeOf(dataFile(id))) ?? 0
    if (state === 'receiving') {
      partialBytes.set(id, sizeBytes - (sizeBytes % LEAF_BYTES))
    } else if (
      sizeBytes !== Number(offer.sizeBytes) ||
      !(await hasTree(options, records.get(id)!))
    ) {
      damaged.add(id)
      logger.error('replica damaged', { id, sizeBytes, expectedBytes: offer.sizeBytes })
    }
  }
  return { records, partialBytes, damaged }
}

async function readRecords({
  metadata,
  keyPrefix,
}: RecoveryOptions): Promise<Map<string, ReplicaRecord>> {
  const records = new Map<string, ReplicaRecord>()
  for await (const [key, value] of metadata.entries(keyPrefix)) {
    const id = `0x${Buffer.from(key.subarray(keyPrefix.length)).toString('latin1')}`
    records.set(id, decodeRecord(id, new Uint8Array(value)))
  }
  return records
}

/** The tree can be made again from the bytes, so losing it alone is no damage. */
async function hasTree(options: RecoveryOptions, { id, offer }: ReplicaRecord): Promise<boolean> {
  const { disk, hasher } = options
  const leafCount = Number(offer.leafCount)
  if ((await disk.sizeOf(treeFile(id))) === treeBytes(leafCount)) return true
  const file = await disk.openForReading(dataFile(id))
  try {
    const hashes: Uint8Array[] = []
    for (let first = 0; first < leafCount; first += 1_024) {
      const count = Math.min(1_024, leafCount - first)
      const leaves = await file.read(first * LEAF_BYTES, count * LEAF_BYTES)
      hashes.push(await hasher.hashLeaves(first, leaves))
    }
    const tree = await hasher.buildTree(new Uint8Array(Buffer.concat(hashes)))
    if (bytesToHex(tree.subarray(-32)) !== offer.root.toLowerCase()) return false
    await writeWhole(disk, treeFile(id), tree)
    return true
  } finally {
    await file.close()
  }
}
