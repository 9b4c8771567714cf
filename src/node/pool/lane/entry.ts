import type { Address } from '@ethereumjs/util'
import { decodeInspectionAnswer } from '../../../protocol/inspectionAnswer.ts'
import type { NetworkTransaction } from '../../../protocol/networkTransaction.ts'
import { bytesToKey } from '../entry.ts'

/** A waiting answer with what the lane asks of it again and again. */
export interface LaneEntry {
  readonly transaction: NetworkTransaction
  readonly hashKey: string
  /** What only one waiting transaction may have: its kind, signer and nonce. */
  readonly placeKey: string
  readonly signer: Address
  readonly challengeId: bigint
  readonly anchorNumber: bigint
  readonly anchorHash: Uint8Array
  readonly sizeBytes: number
}

/** Recovers the signer, so it throws `NetworkTransactionError` when the signature is nobody's. */
export function createLaneEntry(transaction: NetworkTransaction): LaneEntry {
  const signer = transaction.getSenderAddress()
  const { kind, nonce, payload } = transaction
  const { anchorNumber, anchorHash } = decodeInspectionAnswer(payload)
  return {
    transaction,
    hashKey: bytesToKey(transaction.hash()),
    placeKey: `${kind}/${signer}/${nonce}`,
    signer,
    challengeId: nonce,
    anchorNumber,
    anchorHash,
    sizeBytes: transaction.serialize().length,
  }
}
