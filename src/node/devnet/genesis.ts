import {
  bigIntToBytes,
  bytesToHex,
  concatBytes,
  hexToBytes,
  type PrefixedHexString,
} from '@ethereumjs/util'
import { keccak256 } from '../../crypto/keccak.ts'
import { SYSTEM_CONTRACTS } from '../../protocol/addresses.ts'
import { type Genesis, type GenesisAccount, readGenesis } from '../../protocol/genesis.ts'
import { DEVNET_ACCOUNT_BALANCE_WEI, NETWORKS, type Network } from '../../protocol/networks.ts'
import { paramsKeys } from '../../protocol/slots.ts'
import { replacePeriodSlots } from '../../protocol/words.ts'
import type { UnlockedAccount } from '../node.ts'
import { createDevnetAccounts } from './accounts.ts'
import { DevnetError } from './errors.ts'

/** Chain ids that JSON numbers, and so every tool, hold exactly. */
const MAX_CHAIN_ID = BigInt(Number.MAX_SAFE_INTEGER)

/** No round lasts longer than this many slots. */
const MAX_PERIOD_SLOTS = 10_000_000n

/** The devnet's rules, under another chain id or with other rounds of inspections if they are asked for. */
export function devnetNetwork({
  chainId = NETWORKS.devnet.chainId,
  periodSlots = NETWORKS.devnet.periodSlots,
}: {
  chainId?: bigint | undefined
  periodSlots?: bigint | undefined
} = {}): Network {
  if (chainId < 1n || chainId > MAX_CHAIN_ID) {
    throw new DevnetError('BAD_OPTION', {
      message: `${chainId} is not a chain id`,
      hint: `Choose a whole number from 1 to ${MAX_CHAIN_ID}.`,
    })
  }
  if (periodSlots < NETWORKS.devnet.periodSlots || periodSlots > MAX_PERIOD_SLOTS) {
    throw new DevnetError('BAD_OPTION', {
      message: `Inspections cannot come every ${periodSlots} slots`,
      hint: `Choose ${NETWORKS.devnet.periodSlots} to ${MAX_PERIOD_SLOTS} slots: a challenge takes eight to be opened and answered.`,
    })
  }
  return { ...NETWORKS.devnet, chainId, periodSlots }
}

/** The devnet's genesis with the network's rounds, and these accounts funded instead of the default ones. */
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
  alloc[PARAMS] = withPeriod(alloc[PARAMS]!, network.periodSlots)
  return { ...genesis, chainId: network.chainId, mixHash: mixOf(genesis, network), alloc }
}

const PARAMS = SYSTEM_CONTRACTS.Params
const INSPECTION_PARAMS = bytesToHex(paramsKeys.inspections)

function withPeriod(params: GenesisAccount, periodSlots: bigint): GenesisAccount {
  const word = replacePeriodSlots(hexToBytes(params.storage[INSPECTION_PARAMS]!), periodSlots)
  return { ...params, storage: { ...params.storage, [INSPECTION_PARAMS]: bytesToHex(word) } }
}

/** No header names the chain id, so the first mix does: chains that differ in it differ in their hash. */
const mixOf = (genesis: Genesis, { chainId }: Network): PrefixedHexString =>
  chainId === genesis.chainId
    ? genesis.mixHash
    : bytesToHex(keccak256(concatBytes(hexToBytes(genesis.mixHash), bigIntToBytes(chainId))))

/** How many accounts the genesis file funds. */
export const DEFAULT_ACCOUNTS = 10

const toKey = (address: string): PrefixedHexString => address.toLowerCase() as PrefixedHexString
