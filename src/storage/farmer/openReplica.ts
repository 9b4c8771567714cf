import { type BoundedCache, createBoundedCache } from '../../util/boundedCache.ts'
import { LEAF_BYTES } from '../shardProtocol/limits.ts'
import type { Disk } from './disk.ts'
import { openTree, type StoredTree } from './merkleTreeFile.ts'
import { notReady, replicaDamaged, unknownReplica } from './refusals.ts'
import { dataFile, type ReplicaRecord, treeFile } from './replicaRecord.ts'

/** The bytes and the tree of one replica. */
export interface ReplicaReader {
  readonly leafCount: number
  readonly tree: StoredTree
  /** Leaves that follow each other. */
  read(firstLeaf: number, count: number): Promise<Uint8Array>
  close(): Promise<void>
}

/** Opens replicas that are whole on the disk; their trees stay in memory as long as there is room. */
export interface ReplicaOpener {
  /** Throws `StorageError`: `UNKNOWN_REPLICA`, `NOT_READY`, `REPLICA_DAMAGED`. */
  open(id: string): Promise<ReplicaReader>
  /** Forgets the tree of a replica that changed or went. */
  forget(id: string): void
}

export interface ReplicaOpenerOptions {
  disk: Disk
  records: ReadonlyMap<string, ReplicaRecord>
  damaged: ReadonlySet<string>
}

const TREE_CACHE_BYTES = 64 * 1_048_576

export function createReplicaOpener({
  disk,
  records,
  damaged,
}: ReplicaOpenerOptions): ReplicaOpener {
  const trees: BoundedCache<StoredTree> = createBoundedCache({
    maxWeight: TREE_CACHE_BYTES,
    weigh: (tree) => tree.bytes.length,
  })

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
    async open(id) {
      const record = records.get(id)
      if (record === undefined) throw unknownReplica(id)
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
    forget: (id) => trees.delete(id),
  }
}
