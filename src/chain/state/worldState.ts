import type { Proof, StateManagerInterface } from '@ethereumjs/common'
import type { Address } from '@ethereumjs/util'
import type { StoreChange } from '../../util/keyValueStore.ts'

/**
 * The accounts, code and storage at one state root, with whatever has been written on top since. A
 * world state belongs to one execution: open a new one per block, per call and per trace.
 */
export interface WorldState extends StateManagerInterface {
  /** How many checkpoints are neither committed nor reverted. */
  readonly openCheckpoints: number
  /** The root that includes every write so far. Only outside checkpoints. */
  root(): Uint8Array
  /** The trie nodes and code that must be stored for `root()` to be opened again. */
  changes(): StoreChange[]
  /** The Merkle proof of an account and of some of its slots (EIP-1186), at the root it was opened at. */
  prove(address: Address, slots: readonly Uint8Array[]): Proof
}

/** Where world states come from: content-addressed, so any stored root can be opened at any time. */
export interface StateDatabase {
  /** Opens a root; throws `StateError` with code `MISSING_ROOT` when it is not stored. */
  open(root: Uint8Array): WorldState
  has(root: Uint8Array): boolean
}
