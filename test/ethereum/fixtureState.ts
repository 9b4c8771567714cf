import {
  Account,
  createAddressFromString,
  hexToBytes,
  KECCAK256_RLP,
  type PrefixedHexString,
  setLengthLeft,
  unpadBytes,
} from '@ethereumjs/util'
import { createStateDatabase } from '../../src/chain/state/stateDatabase.ts'
import type { StateDatabase, WorldState } from '../../src/chain/state/worldState.ts'
import { createMemoryStore, type KeyValueStore } from '../../src/util/keyValueStore.ts'
import type { FixtureAccount } from './stateCases.ts'

/** A database that holds a fixture's first state and nothing else. */
export interface FixtureLedger {
  store: KeyValueStore
  database: StateDatabase
  root: Uint8Array
}

/** Stores a fixture's accounts as if a block had left them. */
export async function createFixtureLedger(
  accounts: Record<PrefixedHexString, FixtureAccount>,
): Promise<FixtureLedger> {
  const store = createMemoryStore()
  const database = createStateDatabase({ store })
  const state = database.open(KECCAK256_RLP)
  for (const [address, account] of Object.entries(accounts)) {
    await putFixtureAccount(state, address, account)
  }
  const root = state.root()
  await store.write(state.changes())
  return { store, database, root }
}

async function putFixtureAccount(
  state: WorldState,
  key: string,
  { nonce, balance, code, storage }: FixtureAccount,
): Promise<void> {
  const address = createAddressFromString(key)
  await state.putAccount(address, new Account(BigInt(nonce), BigInt(balance)))
  if (code !== '0x') await state.putCode(address, hexToBytes(code))
  for (const [slot, value] of Object.entries(storage) as [PrefixedHexString, PrefixedHexString][]) {
    const word = setLengthLeft(hexToBytes(slot), 32)
    await state.putStorage(address, word, unpadBytes(hexToBytes(value)))
  }
}
