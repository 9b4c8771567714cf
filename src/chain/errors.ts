import { GenaroError } from '../util/errors.ts'

export type ChainErrorCode =
  | 'UNKNOWN_PARENT'
  | 'INVALID_HEADER'
  | 'INVALID_BODY'
  | 'INVALID_TRANSACTION'
  | 'INVALID_SEAL'
  | 'ROOT_MISMATCH'
  | 'NOT_AN_ANCESTOR'
  | 'NOT_NEXT'
  | 'OTHER_CHAIN'
  | 'CORRUPT_DATABASE'

/** Why a block, a seal or a database is refused. A refused block changes nothing. */
export class ChainError extends GenaroError<ChainErrorCode> {}
