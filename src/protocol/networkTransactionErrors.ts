import { GenaroError } from '../util/errors.ts'

export type NetworkTransactionErrorCode =
  | 'BAD_ENCODING'
  | 'BAD_SIGNATURE'
  | 'BAD_PAYLOAD'
  | 'UNKNOWN_KIND'
  | 'TOO_LARGE'

/** Network transactions that are not of the protocol's form. */
export class NetworkTransactionError extends GenaroError<NetworkTransactionErrorCode> {}

/** Refuses a network transaction; `reason` completes the sentence. */
export function refuseNetworkTransaction(
  code: NetworkTransactionErrorCode,
  reason: string,
  cause?: unknown,
): never {
  throw new NetworkTransactionError(code, {
    message: `The network transaction is malformed: ${reason}`,
    hint: 'It was damaged, or made by another version of Genaro.',
    cause,
  })
}
