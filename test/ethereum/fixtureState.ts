import {
  Account,
  createAddressFromString,
  hexToBytes,
  KECCAK256_RLP,
  setLengthLeft,
  unpadBytes,
} from '@ethereumjs/util'
import { createStateDatabase } from '../../src/chain/state/stateDatabase.ts'
import type { WorldState } from '../../src/chain/state/worldState.ts'
import { createMemoryStore } from '../../src/util/keyValueStore.ts'
import type { FixtureAccount } from './stateCases.ts'

/** A state that holds a fixture's accounts and nothing else, as if a block had left it. */
export async function createFixtureState(
  accounts: Record<string, FixtureAccount>,
): Promise<WorldState> {
  const store = createMemoryStore()
  const database = createStateDatabase({ store })
  const state = database.open(KECCAK256_RLP)
  for (const [key, { nonce, balance, code, storage }] of Object.entries(accounts)) {
    const address = createAddressFromString(key)
    await state.putAccount(address, new Account(BigInt(nonce), BigInt(balance)))
    if (code !== '0x') await state.putCode(address, hexToBytes(code))
    for (const [slot, value] of Object.entries(storage)) {
      const word = unpadBytes(hexToBytes(value as `0x${string}`))
      await state.putStorage(address, setLengthLeft(hexToBytes(slot as `0x${string}`), 32), word)
    }
  }
  const root = state.root()
  await store.write(state.changes())
  return database.open(root)
}
