import { type Transferable, Worker } from 'node:worker_threads'
import { errorMessage } from './errors.ts'
import type { JobReply } from './serveJobs.ts'
import { WorkerPoolError } from './workerPoolError.ts'

/** A place for one worker thread, which is started when a job comes and none is there. */
export interface WorkerSeat<Job, Result> {
  /**
   * Does one job; the next may come once this one has settled.
   * @throws WorkerPoolError `BAD_JOB`, `JOB_FAILED`, `WORKER_CRASHED`
   */
  run(job: Job, transfer: readonly Transferable[]): Promise<Result>
  /** Ends the thread, if there is one, and with it the job it is at. */
  stop(): Promise<void>
}

/** Bytes are not counted by it, and little else lives in a worker; by default it would grow to 48 MB in each. */
const YOUNG_HEAP_MB = 3

export function createWorkerSeat<Job, Result>(url: URL): WorkerSeat<Job, Result> {
  let worker: Worker | undefined
  let current: PromiseWithResolvers<Result> | undefined

  function start(): Worker {
    const started = new Worker(url, {
      // Without the process's own flags, some of which, `--input-type` for one, fit no worker's file.
      execArgv: [],
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_HEAP_MB },
    })
    started.on('message', (reply: JobReply<Result>) => {
      if (worker !== started) return
      if ('result' in reply) current?.resolve(reply.result)
      else current?.reject(new WorkerPoolError('JOB_FAILED', reply.failure))
    })
    started.on('error', (cause) => void vacate(started, cause))
    started.on('messageerror', (cause) => void vacate(started, cause))
    started.on('exit', (code) => void vacate(started, new Error(`It ended with code ${code}`)))
    return started
  }

  async function vacate(gone: Worker, cause: unknown): Promise<void> {
    if (worker !== gone) return
    worker = undefined
    current?.reject(crashed(url, cause))
    await gone.terminate()
  }

  async function run(job: Job, transfer: readonly Transferable[]): Promise<Result> {
    current = Promise.withResolvers<Result>()
    try {
      send(job, transfer)
      return await current.promise
    } finally {
      current = undefined
      // A worker without a job keeps no process alive.
      worker?.unref()
    }
  }

  function send(job: Job, transfer: readonly Transferable[]): void {
    try {
      worker ??= start()
    } catch (cause) {
      throw crashed(url, cause)
    }
    worker.ref()
    try {
      worker.postMessage(job, transfer)
    } catch (cause) {
      throw new WorkerPoolError('BAD_JOB', {
        message: `The job cannot be sent to a worker: ${errorMessage(cause)}`,
        hint: 'Send plain values, and transfer whole ArrayBuffers that nothing else uses',
        cause,
      })
    }
  }

  return {
    run,
    stop: async () => {
      if (worker !== undefined) await vacate(worker, new Error('It was stopped'))
    },
  }
}

const crashed = (url: URL, cause: unknown): WorkerPoolError =>
  new WorkerPoolError('WORKER_CRASHED', {
    message: `The worker of ${url.pathname} is gone: ${errorMessage(cause)}`,
    hint: 'The next job gets a new worker; its own cause is in `cause`',
    facts: { url: url.href },
    cause,
  })
