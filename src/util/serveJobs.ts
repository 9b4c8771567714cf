import { parentPort, type Transferable } from 'node:worker_threads'
import { errorMessage, GenaroError } from './errors.ts'

/** What a worker answers to a job. */
export type JobReply<Result> = { result: Result } | { failure: JobFailure }

/** What is left of an error once it has been sent to another thread. */
export interface JobFailure {
  message: string
  hint: string | undefined
  facts: Record<string, unknown>
}

/**
 * Makes this worker thread answer the jobs of a pool with what `work` returns. `transferOf` names the buffers of
 * a result that move to the pool's thread instead of being copied; the worker cannot use them any more.
 * Whatever `work` throws rejects its job and leaves the worker running.
 */
export function serveJobs<Job, Result>(
  work: (job: Job) => Result | Promise<Result>,
  transferOf: (result: Result) => readonly Transferable[] = () => [],
): void {
  const port = parentPort
  if (port === null) throw new Error('serveJobs runs in a worker thread only')
  const reply = (message: JobReply<Result>, transfer: readonly Transferable[] = []): void =>
    port.postMessage(message, transfer)

  port.on('messageerror', (error) => replyFailure(reply, error))
  port.on('message', async (job: Job) => {
    try {
      const result = await work(job)
      reply({ result }, transferOf(result))
    } catch (error) {
      replyFailure(reply, error)
    }
  })
}

function replyFailure(reply: (message: { failure: JobFailure }) => void, error: unknown): void {
  const failure = failureOf(error)
  try {
    reply({ failure })
  } catch {
    // Facts may hold what cannot be sent, a function for instance.
    reply({ failure: { ...failure, facts: {} } })
  }
}

function failureOf(error: unknown): JobFailure {
  const message = errorMessage(error)
  if (!(error instanceof GenaroError)) return { message, hint: undefined, facts: {} }
  return { message, hint: error.hint, facts: { ...error.facts, workerCode: error.code } }
}
