import { MAX_TRANSACTION_BYTES } from '../../protocol/params.ts'

/** How much a pool keeps and what it asks for: a node's own policy, not a rule of the chain. */
export interface PoolLimits {
  /** Waiting transactions of all accounts together. */
  transactions: number
  /** Waiting transactions of one account; also how far a nonce may be ahead of the account's. */
  transactionsPerAccount: number
  /**
   * Waiting transactions of an account that delegates to code (EIP-7702): anyone may move its balance
   * or nonce and so undo all of them at once.
   */
  transactionsPerDelegatedAccount: number
  /** Serialized size of all waiting transactions together. */
  sizeBytes: number
  /** Serialized size of one transaction. */
  transactionSizeBytes: number
  /** The least `maxFeePerGas`, in wei. */
  minimumFeePerGasWei: bigint
  /** By how much both fees of a replacement must exceed those it replaces, in percent. */
  replacementBumpPercent: bigint
  /** Waiting network transactions; those of all open challenges are far fewer. */
  laneTransactions: number
  /** Serialized size of all waiting network transactions together. */
  laneSizeBytes: number
}

export const DEFAULT_POOL_LIMITS: PoolLimits = {
  transactions: 16_384,
  transactionsPerAccount: 1_024,
  transactionsPerDelegatedAccount: 4,
  sizeBytes: 64 * 1024 * 1024,
  transactionSizeBytes: MAX_TRANSACTION_BYTES,
  minimumFeePerGasWei: 0n,
  replacementBumpPercent: 10n,
  laneTransactions: 4_096,
  laneSizeBytes: 64 * 1024 * 1024,
}
