import { GenaroError } from '../util/errors.ts'

export type ClientErrorCode =
  | 'ABORTED'
  | 'BAD_GRANT'
  | 'BAD_ID'
  | 'BAD_RANGE'
  | 'BAD_SEED'
  | 'BAD_SOURCE'
  | 'BAD_TARGET'
  | 'BUSY'
  | 'CLOSED'
  | 'FARMER_FAILED'
  | 'FILE_DAMAGED'
  | 'FILE_UNKNOWN'
  | 'JOURNAL_DAMAGED'
  | 'NOT_ENOUGH_FARMERS'
  | 'NOT_OWNER'
  | 'NOT_STEWARD'
  | 'NO_BUCKET'
  | 'NO_SPACE'
  | 'NO_TRAFFIC'
  | 'SOURCE_CHANGED'
  | 'TERM_EXPIRED'
  | 'WRONG_SEED'

/** What can go wrong for someone who stores files. `hint` says what to do about it. */
export class ClientError extends GenaroError<ClientErrorCode> {}

/** What an operation rejects with once its signal says that it is no longer wanted. */
export const aborted = (signal: AbortSignal): ClientError =>
  new ClientError('ABORTED', {
    message: 'The operation was given up',
    hint: 'Run it again: what was done already is not done twice.',
    cause: signal.reason,
  })

/** Throws `ClientError` `ABORTED` when the signal has fired. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw aborted(signal)
}
