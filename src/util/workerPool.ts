import type { Transferable } from 'node:worker_threads'
import { WorkerPoolError } from './workerPoolError.ts'
import { createWorkerSeat, type WorkerSeat } from './workerSeat.ts'

/** Threads that do jobs beside the main one, each one job at a time, in the order they were handed in. */
export interface WorkerPool<Job, Result> {
  /**
   * Does a job. What is under `transfer` moves to the worker when the job starts, so it belongs to the pool from
   * this call on. An abort rejects at once with the signal's reason; a job that runs may still finish, and its
   * result is dropped.
   * @throws WorkerPoolError `QUEUE_FULL`, `BAD_JOB`, `JOB_FAILED`, `WORKER_CRASHED`, `CLOSED`
   */
  run(job: Job, options?: JobOptions): Promise<Result>
  /** Ends all threads; jobs without a result are rejected with `CLOSED`. */
  close(): Promise<void>
}

export interface JobOptions {
  transfer?: readonly Transferable[]
  signal?: AbortSignal
}

export interface WorkerPoolOptions {
  /** The worker's file, which calls `serveJobs`. `workerURL` finds it in source and build alike. */
  url: URL
  /** How many threads. They start with the jobs that need them. */
  size: number
  /** How many jobs may wait for a thread; four per thread by default. */
  maxQueued?: number
  /** How long an aborted job may still hold its thread before that is replaced. */
  abortGraceMs?: number
}

interface Task<Job, Result> extends PromiseWithResolvers<Result> {
  job: Job
  transfer: readonly Transferable[]
  /** Where the job runs, once it does. */
  seat?: WorkerSeat<Job, Result>
}

/** @throws WorkerPoolError `BAD_POOL` for a size below one. */
export function createWorkerPool<Job, Result>({
  url,
  size,
  maxQueued = 4 * size,
  abortGraceMs = 1_000,
}: WorkerPoolOptions): WorkerPool<Job, Result> {
  expectCounts(size, maxQueued)
  const seats = Array.from({ length: size }, () => createWorkerSeat<Job, Result>(url))
  const idle = [...seats]
  const queue: Task<Job, Result>[] = []
  const running = new Set<Task<Job, Result>>()
  let isClosed = false

  function startNext(): void {
    while (idle.length > 0 && queue.length > 0) void start(queue.shift()!, idle.pop()!)
  }

  async function start(task: Task<Job, Result>, seat: WorkerSeat<Job, Result>): Promise<void> {
    task.seat = seat
    running.add(task)
    try {
      task.resolve(await seat.run(task.job, task.transfer))
    } catch (error) {
      task.reject(error)
    }
    running.delete(task)
    idle.push(seat)
    if (!isClosed) startNext()
  }

  function abort(task: Task<Job, Result>, reason: unknown): void {
    task.reject(reason)
    const place = queue.indexOf(task)
    if (place !== -1) queue.splice(place, 1)
    else setTimeout(() => running.has(task) && task.seat?.stop(), abortGraceMs).unref()
  }

  async function run(job: Job, { transfer = [], signal }: JobOptions = {}): Promise<Result> {
    if (isClosed) throw closed()
    signal?.throwIfAborted()
    if (idle.length === 0 && queue.length >= maxQueued) throw queueFull(maxQueued)
    const task: Task<Job, Result> = { job, transfer, ...Promise.withResolvers<Result>() }
    const onAbort = (): void => abort(task, signal?.reason)
    signal?.addEventListener('abort', onAbort)
    queue.push(task)
    startNext()
    try {
      return await task.promise
    } finally {
      signal?.removeEventListener('abort', onAbort)
    }
  }

  return {
    run,
    async close() {
      isClosed = true
      for (const task of [...queue.splice(0), ...running]) task.reject(closed())
      await Promise.all(seats.map((seat) => seat.stop()))
    },
  }
}

function expectCounts(size: number, maxQueued: number): void {
  if (Number.isSafeInteger(size) && size >= 1 && maxQueued >= 0) return
  throw new WorkerPoolError('BAD_POOL', {
    message: `A pool needs one thread or more and a queue of none or more, got ${size} and ${maxQueued}`,
    facts: { size, maxQueued },
  })
}

const closed = (): WorkerPoolError =>
  new WorkerPoolError('CLOSED', { message: 'The worker pool is closed and takes no more jobs' })

const queueFull = (maxQueued: number): WorkerPoolError =>
  new WorkerPoolError('QUEUE_FULL', {
    message: `All workers are busy and ${maxQueued} jobs wait already`,
    hint: 'Wait for earlier jobs before handing in more',
    facts: { maxQueued },
  })
