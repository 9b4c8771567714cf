import type { Block } from '@ethereumjs/block'
import type { Seal } from '../../protocol/seal.ts'
import type { StoreChange } from '../../util/keyValueStore.ts'
import type { Receipt, TransactionPlace } from '../chain.ts'

/** A block with all that is kept beside it. The genesis has no seal and no receipts. */
export interface BlockRecord {
  block: Block
  seal: Seal | undefined
  receipts: readonly Receipt[]
}

/**
 * Blocks, receipts and indexes, behind an interface of our own: side branches and other layouts move
 * no caller. Reads are synchronous; every write is one atomic batch.
 */
export interface ChainStore {
  readonly headHash: Uint8Array | undefined
  block(hash: Uint8Array): Block | undefined
  seal(hash: Uint8Array): Seal | undefined
  receipts(hash: Uint8Array): Receipt[] | undefined
  /** The hash of the canonical block with a number. */
  canonicalHash(number: bigint): Uint8Array | undefined
  /** Where a transaction stands on the canonical chain. */
  transactionPlace(transactionHash: Uint8Array): TransactionPlace | undefined
  /** A small value kept beside the chain, under a name of the caller's. */
  note(name: string): Uint8Array | undefined

  /** Appends a block to the canonical chain as its head, together with the state it made. */
  append(record: BlockRecord, stateChanges: readonly StoreChange[]): Promise<void>
  /** Takes blocks off the canonical chain (highest first) and makes `head` its head. */
  truncate(removed: readonly Block[], head: Block): Promise<void>
  putNote(name: string, value: Uint8Array | undefined): Promise<void>
}
