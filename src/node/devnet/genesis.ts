import {
  bigIntToBytes,
  bytesToHex,
  concatBytes,
  hexToBytes,
  type PrefixedHexString,
} from '@ethereumjs/util'
import { keccak256 } from '../../crypto/keccak.ts'
import { type Genesis, readGenesis } from '../../protocol/genesis.ts'
import { DEVNET_ACCOUNT_BALANCE_WEI, NETWORKS, type Network } from '../../protocol/networks.ts'
import type { UnlockedAccount } from '../node.ts'
import { createDevnetAccounts } from './accounts.ts'
import { DevnetError } from './errors.ts'

/** Chain ids that JSON numbers, and so every tool, hold exactly. */
const MAX_CHAIN_ID = BigInt(Number.MAX_SAFE_INTEGER)

/** The devnet's rules, under another chain id if one is asked for. */
export function devnetNetwork(chainId = NETWORKS.devnet.chainId): Network {
  if (chainId < 1n || chainId > MAX_CHAIN_ID) {
    throw new DevnetError('BAD_OPTION', {
      message: `${chainId} is not a chain id`,
      hint: `Choose a whole number from 1 to ${MAX_CHAIN_ID}.`,
    })
  }
  return { ...NETWORKS.devnet, chainId }
}

/** The devnet's genesis with these accounts funded instead of the default ones. */
export function devnetGenesis(network: Network, accounts: readonly UnlockedAccount[]): Genesis {
  const genesis = readGenesis('devnet')
  const alloc = { ...genesis.alloc }
  for (const { address } of createDevnetAccounts(DEFAULT_ACCOUNTS)) delete alloc[toKey(address)]
  for (const { address } of accounts) {
    alloc[toKey(address)] = {
      balance: DEVNET_ACCOUNT_BALANCE_WEI,
      nonce: 0n,
      code: '0x',
      storage: {},
    }
  }
  return { ...genesis, chainId: network.chainId, mixHash: mixOf(genesis, network), alloc }
}

/** No header names the chain id, so the first mix does: chains that differ in it differ in their hash. */
const mixOf = (genesis: Genesis, { chainId }: Network): PrefixedHexString =>
  chainId === genesis.chainId
    ? genesis.mixHash
    : bytesToHex(keccak256(concatBytes(hexToBytes(genesis.mixHash), bigIntToBytes(chainId))))

/** How many accounts the genesis file funds. */
export const DEFAULT_ACCOUNTS = 10

const toKey = (address: string): PrefixedHexString => address.toLowerCase() as PrefixedHexString
