import {
  Account,
  Address,
  bytesToHex,
  hexToBytes,
  KECCAK256_RLP,
  unpadBytes,
} from '@ethereumjs/util'
import { createMachine, type Machine } from '../../src/chain/machine.ts'
import { createStateDatabase } from '../../src/chain/state/stateDatabase.ts'
import type { WorldState } from '../../src/chain/state/worldState.ts'
import { customCrypto } from '../../src/crypto/customCrypto.ts'
import {
  SYSTEM_CONTRACTS,
  type SystemContractName,
  systemContractAddress,
} from '../../src/protocol/addresses.ts'
import { createCommon } from '../../src/protocol/common.ts'
import { SYSTEM_CONTRACT_ARTIFACTS } from '../../src/protocol/systemContracts.ts'
import { createMemoryStore } from '../../src/util/keyValueStore.ts'

export const common = createCommon({ chainId: 31_300n, customCrypto })

export const address = (byte: number): Address => new Address(new Uint8Array(20).fill(byte))

/** An empty world state with the system contracts standing in it, without what genesis stores in them. */
export async function createState(): Promise<WorldState> {
  const state = createStateDatabase({ store: createMemoryStore() }).open(KECCAK256_RLP)
  for (const name of Object.keys(SYSTEM_CONTRACTS) as SystemContractName[]) {
    const contract = systemContractAddress(name)
    await state.putAccount(contract, new Account(1n))
    await state.putCode(contract, hexToBytes(SYSTEM_CONTRACT_ARTIFACTS[name].runtimeBytecode))
  }
  return state
}

/** Puts a value into a slot of a system contract, as something that was there before the transaction. */
export async function putSlot(
  state: WorldState,
  contract: SystemContractName,
  key: Uint8Array,
  value: Uint8Array,
): Promise<void> {
  await state.putStorage(systemContractAddress(contract), key, unpadBytes(value))
  state.originalStorageCache.clear()
}

/** A machine on a state, with all of a later Ethereum block's context absent. */
export const machineOn = (state: WorldState, storageOpcodes = true): Machine =>
  createMachine({ common, storageOpcodes }, { state, blockHashes: () => undefined })

/** The byte string of a piece of EVM code written as hex, with words of 32 bytes where bigints stand. */
export const code = (...parts: (string | bigint)[]): Uint8Array =>
  hexToBytes(
    `0x${parts.map((part) => (typeof part === 'string' ? part : `7f${part.toString(16).padStart(64, '0')}`)).join('')}`,
  )

export const hexOf = (bytes: Uint8Array): string => bytesToHex(bytes)
