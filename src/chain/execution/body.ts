import type { TypedTransaction } from '@ethereumjs/tx'
import type { Receipt } from '../chain.ts'

/** What one transaction did. */
export interface AppliedTransaction {
  receipt: Receipt
  /** The receipt as the receipts root commits to it (EIP-2718). */
  encodedReceipt: Uint8Array
  blobGasUsed: bigint
}

/** The transactions of a block as far as they are executed, and what they sum up to. */
export interface ExecutedBody {
  transactions: TypedTransaction[]
  receipts: Receipt[]
  encodedReceipts: Uint8Array[]
  logsBloom: Uint8Array
  gasUsed: bigint
  blobGasUsed: bigint
}

const BLOOM_BYTES = 256

export const createBody = (): ExecutedBody => ({
  transactions: [],
  receipts: [],
  encodedReceipts: [],
  logsBloom: new Uint8Array(BLOOM_BYTES),
  gasUsed: 0n,
  blobGasUsed: 0n,
})

/** Appends a transaction that was executed. */
export function addToBody(
  body: ExecutedBody,
  transaction: TypedTransaction,
  { receipt, encodedReceipt, blobGasUsed }: AppliedTransaction,
): void {
  body.transactions.push(transaction)
  body.receipts.push(receipt)
  body.encodedReceipts.push(encodedReceipt)
  body.gasUsed += receipt.gasUsed
  body.blobGasUsed += blobGasUsed
  addToBloom(body.logsBloom, receipt)
}

function addToBloom(bloom: Uint8Array, { logs, logsBloom }: Receipt): void {
  if (logs.length === 0) return
  for (let i = 0; i < bloom.length; i++) bloom[i]! |= logsBloom[i]!
}
