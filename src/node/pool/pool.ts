import type { TypedTransaction } from '@ethereumjs/tx'
import type { Address } from '@ethereumjs/util'
import type { HeadChange, TransactionSource } from '../../chain/chain.ts'

/** Transactions that wait: `pending` could be mined next, `queued` wait for a nonce before them. */
export interface PoolContent {
  pending: TypedTransaction[]
  queued: TypedTransaction[]
}

/** The transactions that are not yet in a block. */
export interface TransactionPool {
  /** Checks a transaction against the head and keeps it; throws `PoolError` when it is refused. */
  add(transaction: TypedTransaction): Promise<void>
  get(transactionHash: Uint8Array): TypedTransaction | undefined
  /** The nonce the account's next transaction should have, waiting ones counted. */
  nextNonce(address: Address): Promise<bigint>
  content(): PoolContent
  readonly pendingCount: number
  readonly queuedCount: number
  /** What a block builder draws from: by price, each account's transactions in nonce order. */
  source(baseFeePerGas: bigint): TransactionSource
  /** Follows the chain: drops what was included or became impossible, takes back what was undone. */
  onHeadChange(change: HeadChange): void
  /** Calls back with each transaction that `add` takes in; returns how to stop. */
  onAdded(listener: (transaction: TypedTransaction) => void): () => void
  /** What `restore` needs to bring back the present content. */
  snapshot(): readonly TypedTransaction[]
  /** Makes these the content; resolves once they are checked against the head and can be drawn. */
  restore(transactions: readonly TypedTransaction[]): Promise<void>
}
