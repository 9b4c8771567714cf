import { Address, createAccount, setLengthLeft } from '@ethereumjs/util'
import { createStateDatabase } from '../../../src/chain/state/stateDatabase.ts'
import type { StateDatabase, WorldState } from '../../../src/chain/state/worldState.ts'
import { keccak256 } from '../../../src/crypto/keccak.ts'
import { createMemoryStore, type KeyValueStore } from '../../../src/util/keyValueStore.ts'

/** The root of a state without accounts. */
export const EMPTY_STATE_ROOT = keccak256(Uint8Array.of(0x80))

/** The nth of some addresses that have nothing to do with each other. */
export const addressOf = (n: number): Address =>
  new Address(keccak256(Uint8Array.of(n & 255, n >> 8)).slice(12))

export const slotOf = (n: number): Uint8Array => setLengthLeft(Uint8Array.of(n >> 8, n & 255), 32)

export const accountOf = (balance: bigint, nonce = 0n) => createAccount({ balance, nonce })

/** A database over memory and an empty state in it. */
export function createEmptyState(cacheNodes?: number): {
  store: KeyValueStore
  database: StateDatabase
  state: WorldState
} {
  const store = createMemoryStore()
  const database = createStateDatabase({ store, cacheNodes })
  return { store, database, state: database.open(EMPTY_STATE_ROOT) }
}

/** Stores what a state wrote and returns its root. */
export async function save(state: WorldState, store: KeyValueStore): Promise<Uint8Array> {
  const root = state.root()
  await store.write(state.changes())
  return root
}
