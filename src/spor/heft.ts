import { DAY_SECONDS, GB, type GENESIS_PARAMS, GNX } from '../protocol/params.ts'
import { LEAF_BYTES } from '../protocol/replicaLayout.ts'
import { REGION_COUNT } from './sampling.ts'

/** The numbers of Params that heft is made with. */
export type HeftParams = Record<
  keyof Pick<
    typeof GENESIS_PARAMS,
    'floorPriceWei' | 'burnShareBasisPoints' | 'storageRewardWei' | 'heftPerGNX'
  >,
  bigint
>

/** What an account proves and stakes. */
export interface AccountStorage {
  /** For each of its nodes, the paid leaves that its last challenges proved on average (see `windowLeaves`). */
  provenLeaves: readonly bigint[]
  stakeWei: bigint
}

/**
 * The heft of an account in units (YP 4.3.1): its proven paid bytes by 1 MiB × 20/g, finer with finer regions, and at
 * most what its stake carries.
 */
export function heftUnits(
  { provenLeaves, stakeWei }: AccountStorage,
  { heftPerGNX }: Pick<HeftParams, 'heftPerGNX'>,
  regionCount = REGION_COUNT,
): bigint {
  const leaves = provenLeaves.reduce((sum, each) => sum + each, 0n)
  const units = (leaves * BigInt(LEAF_BYTES) * BigInt(regionCount)) / (UNIT_BYTES * 20n)
  const carried = (stakeWei * heftPerGNX) / GNX
  return units < carried ? units : carried
}

/** The mean of what a node's last challenges proved, in leaves, newest last: 0 for each that was not passed. */
export function windowLeaves(provenLeaves: readonly bigint[]): bigint {
  const window = provenLeaves.slice(-HEFT_WINDOW)
  if (window.length === 0) return 0n
  return window.reduce((sum, leaves) => sum + leaves, 0n) / BigInt(window.length)
}

/** Challenges of a node that its heft looks back on: a day of hourly ones. */
export const HEFT_WINDOW = 24

/** Bytes of a unit of heft with 20 regions. */
const UNIT_BYTES = 1n << 20n

/** What a replica costs its owner. */
export interface PaidReplica {
  priceWei: bigint
  sizeBytes: bigint
  termSeconds: bigint
}

/** Whether a replica counts: space below the floor price weighs nothing. */
export const countsForHeft = (
  { priceWei, sizeBytes, termSeconds }: PaidReplica,
  { floorPriceWei }: Pick<HeftParams, 'floorPriceWei'>,
): boolean => priceWei * GB * DAY_SECONDS >= floorPriceWei * sizeBytes * termSeconds

/**
 * The storage reward in wei per GB of heft and day: never above what is burned of the floor price. More than that is
 * burned of every fee that a counted replica is paid from, so storing for oneself loses money.
 */
export function storageRewardRate({
  storageRewardWei,
  floorPriceWei,
  burnShareBasisPoints,
}: HeftParams): bigint {
  const burnedWei = (floorPriceWei * burnShareBasisPoints) / BASIS_POINTS
  return storageRewardWei < burnedWei ? storageRewardWei : burnedWei
}

/** What so much heft earns in a time, in wei. */
export const storageRewardWei = (units: bigint, seconds: bigint, params: HeftParams): bigint =>
  (units * UNIT_BYTES * seconds * storageRewardRate(params)) / (GB * DAY_SECONDS)

const BASIS_POINTS = 10_000n
