import { GenaroError } from './errors.ts'

export type WorkerPoolErrorCode =
  | 'BAD_POOL'
  | 'QUEUE_FULL'
  | 'BAD_JOB'
  | 'JOB_FAILED'
  | 'WORKER_CRASHED'
  | 'CLOSED'

/**
 * Why a job has no result. `JOB_FAILED` carries the message, hint and facts of the error that the worker threw,
 * and its code as the fact `workerCode`.
 */
export class WorkerPoolError extends GenaroError<WorkerPoolErrorCode> {}
