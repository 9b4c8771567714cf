import { GenaroError } from '../util/errors.ts'

export type ProtocolErrorCode = 'BAD_EXTRA_DATA' | 'BAD_SEAL' | 'BAD_BUCKET_ID' | 'BAD_GENESIS'

/** Bytes or values that do not have the form the protocol gives them. */
export class ProtocolError extends GenaroError<ProtocolErrorCode> {}
