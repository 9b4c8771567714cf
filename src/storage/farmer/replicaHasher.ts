import { createWorkerPool } from '../../util/workerPool.ts'
import { workerURL } from '../../util/workerURL.ts'

/** Hashes replicas in threads of its own, so that whatever else the process does goes on meanwhile. */
export interface ReplicaHasher {
  /** The hashes of leaves that follow each other, 32 bytes each. */
  hashLeaves(firstIndex: number, leaves: Uint8Array): Promise<Uint8Array>
  /** Every level of the tree over leaf hashes, which belong to the hasher from now on; the root is last. */
  buildTree(leafHashes: Uint8Array): Promise<Uint8Array>
  close(): Promise<void>
}

/** What a thread is given. */
export type HashJob =
  | { kind: 'leaves'; firstIndex: number; leaves: Uint8Array }
  | { kind: 'tree'; hashes: Uint8Array }

/** Each replica being stored waits for one job at a time, so this is never reached in order. */
const MAX_QUEUED = 4_096

/** Starts a hasher; its threads start with their first jobs. */
export function createReplicaHasher(threads = 1): ReplicaHasher {
  const pool = createWorkerPool<HashJob, Uint8Array>({
    url: workerURL('./hashWorker', import.meta),
    size: threads,
    maxQueued: MAX_QUEUED,
  })
  return {
    hashLeaves(firstIndex, leaves) {
      // A frame is often a view into a larger buffer, all of which would travel with it.
      const copy = leaves.slice()
      return pool.run({ kind: 'leaves', firstIndex, leaves: copy }, { transfer: [copy.buffer] })
    },
    buildTree: (hashes) =>
      pool.run({ kind: 'tree', hashes }, { transfer: [hashes.buffer as ArrayBuffer] }),
    close: () => pool.close(),
  }
}
