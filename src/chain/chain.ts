import type { Block, BlockHeader } from '@ethereumjs/block'
import type { Common } from '@ethereumjs/common'
import type { TypedTransaction } from '@ethereumjs/tx'
import type { Address } from '@ethereumjs/util'
import type { Network } from '../protocol/networks.ts'
import type { NetworkTransaction } from '../protocol/networkTransaction.ts'
import type { Seal } from '../protocol/seal.ts'
import type { ExecutionRules } from './execution/rules.ts'
import type { BlockHashes } from './machine.ts'
import type { WorldState } from './state/worldState.ts'

export interface Log {
  address: Uint8Array
  topics: Uint8Array[]
  data: Uint8Array
}

/** A receipt as it is stored: what the consensus form says and what would be costly to derive again. */
export interface Receipt {
  type: number
  status: 0 | 1
  cumulativeGasUsed: bigint
  gasUsed: bigint
  logsBloom: Uint8Array
  logs: Log[]
  from: Address
  /** The address of the contract that a creation made. */
  createdAddress: Address | undefined
}

export interface TransactionPlace {
  blockHash: Uint8Array
  index: number
}

/** A change of the canonical chain: blocks that left it (highest first) and joined it (lowest first). */
export interface HeadChange {
  removed: readonly Block[]
  added: readonly Block[]
}

/** What executing one block gave. */
export interface ExecutedBlock {
  block: Block
  receipts: Receipt[]
  state: WorldState
}

/** What whoever builds a block decides; everything else follows from the parent and the rules. */
export interface BlockPlan {
  parent: Block
  slot: bigint
  timestamp: bigint
  coinbase: Address
  /** The proposer's BLS reveal for the slot, which makes `prevRandao`. */
  reveal: Uint8Array
}

/** Hands the builder one transaction after another, best first, each knowing what came of the last. */
export interface TransactionSource {
  /** The next transaction that needs at most `gasLeft`, or undefined when there is none. */
  next(gasLeft: bigint): TypedTransaction | undefined
  /** Says that the transaction given last cannot be part of this block, and why. */
  reject(transaction: TypedTransaction, error: Error): void
}

/** Hands the builder one signed network transaction after another, as `TransactionSource` does the ordinary ones. */
export interface LaneSource {
  /** The next one of at most `bytesLeft` serialized bytes, or undefined when there is none. */
  next(bytesLeft: number): NetworkTransaction | undefined
  /** Says that the transaction given last cannot be part of this block, and why. */
  reject(transaction: NetworkTransaction, error: Error): void
  /** Says that the one given last finds no more room in this block, but may be part of a later one. */
  defer(transaction: NetworkTransaction): void
}

/** The canonical chain and its database. Knows no clock, no network, no keys and no pool. */
export interface Chain {
  readonly network: Network
  readonly common: Common
  readonly rules: ExecutionRules
  readonly genesis: Block
  readonly head: Block
  /** The highest block a quorum has justified, and the highest that can no longer be undone. */
  readonly safe: Block
  readonly finalized: Block

  blockByHash(hash: Uint8Array): Block | undefined
  /** Canonical blocks only. */
  blockByNumber(number: bigint): Block | undefined
  isCanonical(block: Block): boolean
  sealOf(blockHash: Uint8Array): Seal | undefined
  /** The receipts of a block, canonical or not, in transaction order. */
  receiptsOf(blockHash: Uint8Array): Receipt[] | undefined
  /** Where a transaction stands on the canonical chain. */
  findTransaction(transactionHash: Uint8Array): TransactionPlace | undefined
  /** The state after a block. */
  stateOf(block: Block): WorldState
  /** The hashes of a header's ancestors by number, on the branch it stands on. */
  ancestorHashes(header: BlockHeader): BlockHashes

  /**
   * Executes a plan with transactions from a source and network transactions from a lane. Changes nothing until
   * `commit`.
   */
  build(plan: BlockPlan, source: TransactionSource, lane?: LaneSource): Promise<ExecutedBlock>
  /** Checks a block and its seal and executes it. Changes nothing until `commit`. */
  verify(block: Block, seal: Seal): Promise<ExecutedBlock>
  /** Stores an executed block with its seal in one atomic batch and makes it the head. */
  commit(executed: ExecutedBlock, seal: Seal): Promise<void>
  /** Makes a stored ancestor of the head the head again. */
  rewind(to: Block): Promise<void>

  /** A small value that outlives the process, for whoever drives the chain (a clock's offset, say). */
  note(name: string): Uint8Array | undefined
  putNote(name: string, value: Uint8Array | undefined): Promise<void>

  /** Calls back after every change of the head; returns how to stop. */
  onHead(listener: (change: HeadChange) => void): () => void
  close(): Promise<void>
}
