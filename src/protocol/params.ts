/**
 * Every number of the protocol, with its unit and source. Values that a committee vote may change (SPEC
 * 4, kind 15) stand in the storage of the Params system contract; what stands here seeds its genesis.
 */

/** One coin in its smallest unit. */
export const GNX = 10n ** 18n

/** Bytes in the GB that space and traffic are priced by. */
export const GB = 1_000_000_000n

export const DAY_SECONDS = 86_400n

/** The paper's month. */
export const MONTH_SECONDS = 30n * DAY_SECONDS

/** Entries of the ring of past beacon values (SPEC 5). */
export const BEACON_RING_LENGTH = 8_192n

/** Epochs between unstaking and withdrawal, still slashable (SPEC 5). */
export const UNBONDING_EPOCHS = 7n

/** A transaction's highest gas limit (EIP-7825). */
export const MAX_TRANSACTION_GAS = 16_777_216n

/** The longest transaction the pool takes, in bytes: room for the largest init code (EIP-3860) and data. */
export const MAX_TRANSACTION_BYTES = 131_072

/** What Params holds at genesis. Prices are the first chain's (YP 3.6). */
export const GENESIS_PARAMS = {
  /** Space, in wei per GB, day and backup: 0.0005 GNX. */
  spacePriceWei: GNX / 2_000n,
  /** Traffic, in wei per GB: 0.05 GNX. */
  trafficPriceWei: GNX / 20n,
  /** Stake of a candidate, and stake locked per farmer node, in wei: 5,000 GNX. */
  minimumStakeWei: 5_000n * GNX,
  /** Share of every space and traffic fee that is burned, in basis points. */
  burnShareBasisPoints: 1_000n,
  /** Full downloads of a bucket bundled with each year of its term. */
  bundledDownloadsPerYear: 1n,
  /**
   * Bytes of replicas per bought byte and backup, in basis points: 2.0 covers the outer codes 4+2 (1.5) and
   * 16+11 (1.69) with the inner code (255/223) and sentinels on top (SPEC 6).
   */
  expansionBasisPoints: 20_000n,
  /** Deposit of whoever challenges one replica, in wei: 1 GNX. */
  challengeBondWei: GNX,
  /** The price from which on a replica counts for heft, in wei per GB of replica and day: 0.0001 GNX. */
  floorPriceWei: GNX / 10_000n,
  /** The storage reward, in wei per GB of heft and day: 0.00001 GNX, what is burned of the floor price. */
  storageRewardWei: GNX / 100_000n,
  /** The most heft an account may have for each GNX it stakes: 1 GiB. */
  heftPerGNX: 1_024n,
} as const

/** What the Heft contract holds at genesis to pay storage rewards from, in wei: 10,000,000 GNX. */
export const HEFT_POOL_WEI = 10_000_000n * GNX
