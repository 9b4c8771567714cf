import type { HeadChange, LaneSource } from '../../../chain/chain.ts'
import type { NetworkTransaction } from '../../../protocol/networkTransaction.ts'

/**
 * The network transactions that wait for a block (SPEC 4): farmers' answers to challenges. They pay no fee and have room
 * of their own in every block, so nothing that others send comes before them.
 */
export interface AnswerLane {
  readonly count: number
  /**
   * Checks a network transaction against the head and keeps it, in place of the same signer's older answer to the same
   * challenge. Throws `PoolError` when it is refused.
   */
  add(transaction: NetworkTransaction): Promise<void>
  get(transactionHash: Uint8Array): NetworkTransaction | undefined
  /** Whether an answer to the challenge waits. */
  isAnswered(challengeId: bigint): boolean
  /** In the order a block takes them. */
  content(): NetworkTransaction[]
  /** What a block builder draws from: the oldest challenge first. */
  source(): LaneSource
  /** Follows the chain: drops what was included, settled or has an anchor no block can take any more. */
  onHeadChange(change: HeadChange): void
  /** Makes these the content, as far as they fit the head. */
  restore(transactions: readonly NetworkTransaction[]): Promise<void>
}
