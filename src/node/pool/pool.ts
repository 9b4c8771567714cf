import type { TypedTransaction } from '@ethereumjs/tx'
import type { Address } from '@ethereumjs/util'
import type { HeadChange, TransactionSource } from '../../chain/chain.ts'
import type { AnswerLane } from './lane/answerLane.ts'

/** Transactions that wait: `pending` could be mined next, `queued` wait for a nonce before them. */
export interface PoolContent {
  pending: TypedTransaction[]
  queued: TypedTransaction[]
}

/** The transactions that are not yet in a block. */
export interface TransactionPool {
  /** The network transactions among them, which have rules and room of their own. */
  readonly lane: AnswerLane
  /**
   * Checks a transaction, ordinary or of the network, against the head and keeps it; throws `PoolError` when it is
   * refused.
   */
  add(transaction: TypedTransaction): Promise<void>
  get(transactionHash: Uint8Array): TypedTransaction | undefined
  /** The nonce the account's next transaction should have, waiting ones counted. */
  nextNonce(address: Address): Promise<bigint>
  /** The ordinary ones, as the counts are. */
  content(): PoolContent
  readonly pendingCount: number
  readonly queuedCount: number
  /** What a block builder draws ordinary ones from: by price, each account's transactions in nonce order. */
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
