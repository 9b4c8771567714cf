import { availableParallelism } from 'node:os'
import type { ReplicaCommitment } from '../../spor/setup.ts'
import { createWorkerPool, type JobOptions, type WorkerPool } from '../../util/workerPool.ts'
import { workerURL } from '../../util/workerURL.ts'
import type { EncodeStripesJob, SetUpReplicaJob, UploadJob, UploadJobResult } from './jobs.ts'

/** Threads that encrypt, encode and seal. */
export interface UploadWorkers {
  /** Returns the tags of the cells. The plaintext's memory belongs to the worker from here on. */
  encodeStripes(job: Omit<EncodeStripesJob, 'kind'>, signal?: AbortSignal): Promise<Uint8Array>
  setUpReplica(job: Omit<SetUpReplicaJob, 'kind'>, signal?: AbortSignal): Promise<ReplicaCommitment>
  close(): Promise<void>
}

/**
 * The main thread sends meanwhile, and takes longer for a byte than one of these. Each holds some 40 MB: its isolate, and
 * the parity of a replica, an eighth of its shard.
 */
const MOST_THREADS = 2
const MAX_QUEUED = 4_096

/** Threads without work hold as much memory as working ones, so they end; starting takes a tenth of this. */
const IDLE_MS = 2_000

export function createUploadWorkers(): UploadWorkers {
  const size = Math.max(1, Math.min(MOST_THREADS, availableParallelism() - 1))
  const startPool = (): WorkerPool<UploadJob, UploadJobResult> =>
    createWorkerPool({
      url: workerURL('./uploadWorker', import.meta),
      size,
      maxQueued: MAX_QUEUED,
    })
  let pool = startPool()
  let jobs = 0
  let idle: NodeJS.Timeout | undefined
  let isClosed = false

  const endIdle = (): void => {
    const idlePool = pool
    pool = startPool()
    void idlePool.close()
  }

  const run = async (job: UploadJob, options: JobOptions): Promise<UploadJobResult> => {
    clearTimeout(idle)
    jobs++
    try {
      return await pool.run(job, options)
    } finally {
      jobs--
      if (jobs === 0 && !isClosed) idle = setTimeout(endIdle, IDLE_MS).unref()
    }
  }

  return {
    async encodeStripes(job, signal) {
      const transfer = [job.plaintext.buffer]
      const options = { transfer, ...(signal && { signal }) }
      const result = await run({ kind: 'encodeStripes', ...job }, options)
      return (result as { tags: Uint8Array }).tags
    },
    async setUpReplica(job, signal) {
      const result = await run({ kind: 'setUpReplica', ...job }, signal ? { signal } : {})
      return result as ReplicaCommitment
    },
    async close() {
      isClosed = true
      clearTimeout(idle)
      await pool.close()
    },
  }
}
