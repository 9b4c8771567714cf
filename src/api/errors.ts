import { GenaroError } from '../util/errors.ts'

export type ApiErrorCode =
  | 'BAD_AMOUNT'
  | 'BAD_SIZE'
  | 'BAD_TERM'
  | 'BAD_TAG'
  | 'BAD_ADDRESS'
  | 'BAD_KEY'
  | 'BAD_URL'
  | 'NO_ACCOUNT'
  | 'NO_SUCH_ACCOUNT'
  | 'NO_SUCH_BUCKET'
  | 'RPC_UNREACHABLE'
  | 'RPC_REFUSED'
  | 'NOT_GENARO'
  | 'INSUFFICIENT_FUNDS'
  | 'CALL_REVERTED'
  | 'TRANSACTION_FAILED'

/** What can go wrong between an app and a node. */
export class ApiError extends GenaroError<ApiErrorCode> {}
