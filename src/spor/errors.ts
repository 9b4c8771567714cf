import { GenaroError } from '../util/errors.ts'

export type SporErrorCode =
  | 'BAD_IDENTITY'
  | 'BAD_SHARD'
  | 'BAD_LEAVES'
  | 'BAD_ROOT'
  | 'OUT_OF_RANGE'
  | 'TOO_MANY_LOST'

/** Replicas that cannot be made, or that do not give their shard back. */
export class SporError extends GenaroError<SporErrorCode> {}
