import { createWorkerPool } from '../../util/workerPool.ts'
import { workerURL } from '../../util/workerURL.ts'

/** Hashes replicas in threads of its own, so that whatever else the process does goes on meanwhile. */
export interface ReplicaHasher {
  /** The hashes of leaves that follow each other, 32 bytes each. The leaves are copied. */
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

/** Memory that threads share is used again: copied into messages, the leaves would cost more than their hashes. */
const SHARED_BYTES = 262_144
const MAX_KEPT = 16

/** Starts a hasher; its threads start with their first jobs. */
export function createReplicaHasher(threads = 1): ReplicaHasher {
  const pool = createWorkerPool<HashJob, Uint8Array>({
    url: workerURL('./hashWorker', import.meta),
    size: threads,
    maxQueued: MAX_QUEUED,
  })
  const free: SharedArrayBuffer[] = []
  return {
    async hashLeaves(firstIndex, leaves) {
      const sizeBytes = leaves.length
      const isUsual = sizeBytes <= SHARED_BYTES
      const memory =
        (isUsual ? free.pop() : undefined) ??
        new SharedArrayBuffer(Math.max(sizeBytes, SHARED_BYTES))
      const copy = new Uint8Array(memory, 0, sizeBytes)
      copy.set(leaves)
      // A job that failed may still be at work on it.
      const hashes = await pool.run({ kind: 'leaves', firstIndex, leaves: copy })
      if (isUsual && free.length < MAX_KEPT) free.push(memory)
      return hashes
    },
    buildTree: (hashes) =>
      pool.run({ kind: 'tree', hashes }, { transfer: [hashes.buffer as ArrayBuffer] }),
    close: () => pool.close(),
  }
}
