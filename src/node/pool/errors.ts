import { GenaroError } from '../../util/errors.ts'

export type PoolErrorCode =
  | 'ACCOUNT_LIMIT'
  | 'ALREADY_KNOWN'
  | 'ANSWER_PENDING'
  | 'BLOB_TRANSACTION'
  | 'DELEGATED_LIMIT'
  | 'DERIVED_KIND'
  | 'FEE_TOO_LOW'
  | 'FLOOR_GAS'
  | 'GAS_ABOVE_BLOCK_LIMIT'
  | 'GAS_ABOVE_CAP'
  | 'INIT_CODE_TOO_LARGE'
  | 'INSUFFICIENT_FUNDS'
  | 'INTRINSIC_GAS'
  | 'INVALID_SIGNATURE'
  | 'LANE_FULL'
  | 'NONCE_TOO_HIGH'
  | 'NONCE_TOO_LOW'
  | 'OVERSIZED'
  | 'POOL_FULL'
  | 'REPLACEMENT_UNDERPRICED'
  | 'SENDER_HAS_CODE'
  | 'SPECIAL_REVERTED'
  | 'STALE_ANCHOR'
  | 'TIP_ABOVE_FEE_CAP'
  | 'UNPROTECTED'
  | 'UNSUPPORTED_TYPE'
  | 'WRONG_CHAIN_ID'

/**
 * Why a transaction was not taken. The message begins with the words geth uses for the same refusal,
 * since wallets and libraries look for them.
 */
export class PoolError extends GenaroError<PoolErrorCode> {}
