import { GNX } from './params.ts'

export type NetworkName = 'devnet' | 'testnet' | 'mainnet'

/** What tells one Genaro network from another before its genesis state. */
export interface Network {
  name: NetworkName
  chainId: bigint
  /** Seconds per slot; undefined where time merely increases and every block is the next slot. */
  slotSeconds: bigint | undefined
  /** Blocks one committee serves, in slots. */
  epochLengthSlots: bigint
  /** The shortest round of inspections, in slots (SPEC 6). */
  periodSlots: bigint
  /** How long a farmer has to answer a challenge, in slots (SPEC 6). */
  answerSlots: bigint
  blockGasLimit: bigint
  /** Seconds since the Unix epoch. */
  genesisTime: bigint
  genesisBaseFeeWei: bigint
}

const GWEI = 10n ** 9n

const DEFAULTS = {
  slotSeconds: 2n,
  epochLengthSlots: 43_200n,
  periodSlots: 1_800n,
  answerSlots: 25n,
  blockGasLimit: 30_000_000n,
  genesisTime: 1_767_225_600n, // 2026-01-01T00:00:00Z
  genesisBaseFeeWei: GWEI,
} as const

/** Chain ids 200 and 300 of the first Genaro chain belong to other chains today (SPEC 2). */
export const NETWORKS: Record<NetworkName, Network> = {
  devnet: {
    ...DEFAULTS,
    name: 'devnet',
    chainId: 31_300n,
    slotSeconds: undefined,
    epochLengthSlots: 10n,
    periodSlots: 10n,
    answerSlots: 5n,
  },
  testnet: { ...DEFAULTS, name: 'testnet', chainId: 200_200n },
  mainnet: { ...DEFAULTS, name: 'mainnet', chainId: 300_300n },
}

/** The mnemonic every development node uses; its keys are public, so never use them elsewhere. */
export const DEVNET_MNEMONIC = 'test test test test test test test test test test test junk'

/** What each funded account of the devnet holds at genesis, in wei. */
export const DEVNET_ACCOUNT_BALANCE_WEI = 1_000_000n * GNX

export const epochOfSlot = (network: Pick<Network, 'epochLengthSlots'>, slot: bigint): bigint =>
  slot / network.epochLengthSlots
