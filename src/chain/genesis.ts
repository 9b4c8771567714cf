import { createBlock } from '@ethereumjs/block'
import type { Common } from '@ethereumjs/common'
import {
  Address,
  createAccount,
  hexToBytes,
  KECCAK256_RLP,
  type PrefixedHexString,
  unpadBytes,
} from '@ethereumjs/util'
import { sha256 } from '@noble/hashes/sha2.js'
import type { Genesis, GenesisAccount } from '../protocol/genesis.ts'
import type { ExecutedBlock } from './chain.ts'
import type { StateDatabase, WorldState } from './state/worldState.ts'

export interface GenesisOptions {
  genesis: Genesis
  common: Common
  states: StateDatabase
}

/** The block a chain begins with, and the state after it. */
export async function createGenesisBlock({
  genesis,
  common,
  states,
}: GenesisOptions): Promise<ExecutedBlock> {
  const state = states.open(KECCAK256_RLP)
  for (const [address, account] of Object.entries(genesis.alloc)) {
    await putGenesisAccount(state, new Address(hexToBytes(address as PrefixedHexString)), account)
  }
  const header = {
    number: 0n,
    timestamp: genesis.timestamp,
    gasLimit: genesis.gasLimit,
    baseFeePerGas: genesis.baseFeePerGas,
    extraData: genesis.extraData,
    mixHash: genesis.mixHash,
    stateRoot: state.root(),
    withdrawalsRoot: KECCAK256_RLP,
    parentBeaconBlockRoot: new Uint8Array(32),
    blobGasUsed: 0n,
    excessBlobGas: 0n,
    requestsHash: sha256(new Uint8Array(0)),
  }
  const block = createBlock({ header, withdrawals: [] }, { common })
  return { block, receipts: [], state }
}

async function putGenesisAccount(
  state: WorldState,
  address: Address,
  { balance, nonce, code, storage }: GenesisAccount,
): Promise<void> {
  await state.putAccount(address, createAccount({ balance, nonce }))
  if (code !== '0x') await state.putCode(address, hexToBytes(code))
  for (const [key, value] of Object.entries(storage)) {
    await state.putStorage(
      address,
      hexToBytes(key as PrefixedHexString),
      unpadBytes(hexToBytes(value)),
    )
  }
}
