import { GenaroError } from '../../util/errors.ts'

export type ErasureErrorCode = 'BAD_CODE' | 'BAD_LENGTH' | 'TOO_FEW_SHARDS'

/** Codes that cannot be, shards that do not fit together, and losses beyond what a code repairs. */
export class ErasureError extends GenaroError<ErasureErrorCode> {}
