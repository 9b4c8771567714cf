import { GenaroError } from '../../util/errors.ts'

export type DHTErrorCode =
  | 'BAD_RECORD'
  | 'RECORD_EXPIRED'
  | 'RECORD_STALE'
  | 'RECORD_STORE_FULL'
  | 'NOT_STORED'
  | 'UNKNOWN_LIBRARY'

/** What can go wrong with records of the DHT. `RECORD_STALE`: a newer one is already there. */
export class DHTError extends GenaroError<DHTErrorCode> {}

export const badRecord = (reason: string, cause?: unknown): DHTError =>
  new DHTError('BAD_RECORD', {
    message: `The DHT record is not valid: ${reason}`,
    hint: 'It was damaged, signed for something else, or is not from this network.',
    cause,
  })
