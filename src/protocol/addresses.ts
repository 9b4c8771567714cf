import { Address, hexToBytes, type PrefixedHexString } from '@ethereumjs/util'

/**
 * Where the system contracts stand in every genesis. Addresses count up from 0x6000…0001, next to the
 * special address of the first Genaro chain. The order is part of the protocol: append, never insert.
 */
export const SYSTEM_CONTRACTS = {
  Staking: '0x6000000000000000000000000000000000000001',
  StorageMarket: '0x6000000000000000000000000000000000000002',
  Heft: '0x6000000000000000000000000000000000000003',
  Nodes: '0x6000000000000000000000000000000000000004',
  StorageView: '0x6000000000000000000000000000000000000005',
  Beacon: '0x6000000000000000000000000000000000000006',
  Params: '0x6000000000000000000000000000000000000007',
  Streams: '0x6000000000000000000000000000000000000008',
  Replicas: '0x6000000000000000000000000000000000000009',
  Inspections: '0x600000000000000000000000000000000000000a',
  SentinelGroups: '0x600000000000000000000000000000000000000b',
} as const satisfies Record<string, PrefixedHexString>

export type SystemContractName = keyof typeof SYSTEM_CONTRACTS

/** The address of a system contract in the form EthereumJS takes. */
export const systemContractAddress = (name: SystemContractName): Address =>
  new Address(hexToBytes(SYSTEM_CONTRACTS[name]))

/** The keyless CREATE2 deployer that deployment tools look for (EIP-1014 users: Foundry, Hardhat). */
export const CREATE2_DEPLOYER = '0x4e59b44847b379578588920ca78fbf26c0b4956c'

/** The contract that keeps the last 8,191 block hashes (EIP-2935). */
export const HISTORY_STORAGE = '0x0000f90827f1c53a10cb7a02335b175320002935'
