import { GenaroError } from '../../util/errors.ts'

export type StateErrorCode =
  | 'MISSING_ROOT'
  | 'MISSING_NODE'
  | 'CORRUPT_NODE'
  | 'MISSING_CODE'
  | 'CORRUPT_CODE'
  | 'CORRUPT_ACCOUNT'
  | 'NO_ACCOUNT'
  | 'BAD_SLOT'
  | 'OPEN_CHECKPOINT'
  | 'NO_CHECKPOINT'

/** The state cannot answer, or is asked for what no state allows. It never answers wrongly instead. */
export class StateError extends GenaroError<StateErrorCode> {}

/** What to do when the database turns out to be incomplete or altered. */
export const DAMAGE_HINT = 'The database is damaged: sync again into an empty data directory.'
