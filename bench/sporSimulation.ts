/**
 * Whether the rules of inspections do what they are for, played with a seed and no chain: how long farmers with losses
 * stay, whether honest ones with passing failures do, and what is left of money paid to oneself.
 * Run with `node bench/sporSimulation.ts [farmers]`.
 */
import { keccak256 } from '../src/crypto/keccak.ts'
import { DAY_SECONDS, GB, GENESIS_PARAMS, GNX } from '../src/protocol/params.ts'
import { challengesUntilDischarge, passProbability, STRIKE_LIMIT } from '../src/spor/detection.ts'
import {
  countsForHeft,
  HEFT_WINDOW,
  heftUnits,
  storageRewardWei,
  windowLeaves,
} from '../src/spor/heft.ts'
import { scheduledSeed } from '../src/spor/inspectionSeed.ts'
import { samplePositions } from '../src/spor/sampling.ts'

export const HOURS_PER_YEAR = 365 * 24

/** A farmer under inspection once an hour. */
export interface SimulatedFarmer {
  name: string
  totalLeaves: number
  /** The share of leaves that are gone for good, at places that chance decides. */
  missingShare: number
  /** The probability that an hour's answer does not come, although nothing is missing. */
  transientFailure: number
}

/** The hour in which a farmer is discharged; undefined when it is still there after so many. */
export function hourOfDischarge(farmer: SimulatedFarmer, hours: number): number | undefined {
  const { name, totalLeaves, missingShare, transientFailure } = farmer
  const chance = createChance(name)
  const isMissing = Uint8Array.from({ length: totalLeaves }, () => Number(chance() < missingShare))
  let strikes = 0
  for (let hour = 1; hour <= hours; hour++) {
    const isSilent = chance() < transientFailure
    const isStruck = isSilent || (missingShare > 0 && !passes(name, hour, isMissing))
    strikes = isStruck ? strikes + 1 : 0
    if (strikes === STRIKE_LIMIT) return hour
  }
  return undefined
}

/** Whether everything that the hour's beacon asks for is there. */
function passes(name: string, hour: number, isMissing: Uint8Array): boolean {
  const mix = keccak256(new TextEncoder().encode(`beacon of ${name}`))
  const seed = scheduledSeed({ mix, node: 1n, round: BigInt(hour) })
  const positions = samplePositions(seed, BigInt(isMissing.length))
  return positions.every((position) => isMissing[Number(position)] === 0)
}

/** Numbers in [0, 1) that a name decides (mulberry32). */
function createChance(name: string): () => number {
  const hash = keccak256(new TextEncoder().encode(name))
  let state = new DataView(hash.buffer, hash.byteOffset).getUint32(0)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Many farmers of one kind: the mean hour of their discharge, and the share of them that is still there. */
export function playFarmers(
  kind: Omit<SimulatedFarmer, 'name'>,
  farmers: number,
  hours: number,
): { meanHour: number; survivedShare: number } {
  let discharged = 0
  let sum = 0
  for (let number = 0; number < farmers; number++) {
    const name = `${number} of ${kind.missingShare} and ${kind.transientFailure}`
    const hour = hourOfDischarge({ ...kind, name }, hours)
    if (hour === undefined) continue
    discharged++
    sum += hour
  }
  return { meanHour: sum / discharged, survivedShare: 1 - discharged / farmers }
}

/** Somebody who buys space and stores in it on a node of its own. */
export interface SelfDealing {
  replicaBytes: bigint
  days: bigint
  /** What it pays itself for a GB of replica and day. */
  replicaPriceWei: bigint
  /** Bytes of replica for each byte bought: the market allows up to its expansion. */
  expansionBasisPoints: bigint
  stakeWei: bigint
}

/** What it has in the end beside what it had, in wei: its own pay and the storage reward, less what it bought. */
export function selfDealingBalance(dealing: SelfDealing): bigint {
  const { replicaBytes, days, replicaPriceWei, expansionBasisPoints, stakeWei } = dealing
  const { spacePriceWei, burnShareBasisPoints } = GENESIS_PARAMS
  const termSeconds = days * DAY_SECONDS
  const boughtBytes = (replicaBytes * BASIS_POINTS) / expansionBasisPoints
  const feeWei = (boughtBytes * spacePriceWei * days) / GB
  const escrowWei = feeWei - (feeWei * burnShareBasisPoints) / BASIS_POINTS
  const priceWei = (replicaBytes * replicaPriceWei * days) / GB
  if (priceWei > escrowWei)
    throw new RangeError(`The escrow of ${escrowWei} does not pay ${priceWei}`)
  const counts = countsForHeft({ priceWei, sizeBytes: replicaBytes, termSeconds }, GENESIS_PARAMS)
  let rewardWei = 0n
  const window: bigint[] = []
  for (let hour = 0n; hour < days * 24n; hour++) {
    window.push(counts ? replicaBytes / 1_024n : 0n)
    if (window.length > HEFT_WINDOW) window.shift()
    const units = heftUnits({ provenLeaves: [windowLeaves(window)], stakeWei }, GENESIS_PARAMS)
    rewardWei += storageRewardWei(units, 3_600n, GENESIS_PARAMS)
  }
  // Escrow that no replica draws comes back at best; what is burned does not.
  return escrowWei + rewardWei - feeWei
}

const BASIS_POINTS = 10_000n

function showLosses(farmers: number): void {
  const rows = [0.03, 0.05, 0.1, 0.2, 1].map((missingShare) => {
    const kind = { totalLeaves: 2_000, missingShare, transientFailure: 0 }
    const { meanHour, survivedShare } = playFarmers(kind, farmers, 2_000)
    return {
      missing: `${100 * missingShare} %`,
      'mean hours until discharged': meanHour.toFixed(1),
      calculated: challengesUntilDischarge(passProbability(missingShare)).toFixed(1),
      'still there after 2,000': `${(100 * survivedShare).toFixed(1)} %`,
    }
  })
  console.log(`${farmers} farmers of each kind, inspected once an hour`)
  console.table(rows)
}

function showHonest(farmers: number): void {
  const kind = { totalLeaves: 1, missingShare: 0, transientFailure: 0.01 }
  const { survivedShare } = playFarmers(kind, 10 * farmers, HOURS_PER_YEAR)
  console.log(
    `${10 * farmers} honest farmers who miss 1 % of the hours: ${(100 * survivedShare).toFixed(2)} % survive a year\n`,
  )
}

function showSelfDealing(): void {
  const { floorPriceWei, expansionBasisPoints } = GENESIS_PARAMS
  const rows = [100n, 1_000n, 5_000n].map((gigabytes) => {
    const balance = selfDealingBalance({
      replicaBytes: gigabytes * GB,
      days: 30n,
      replicaPriceWei: floorPriceWei,
      expansionBasisPoints,
      stakeWei: 5_000n * GNX,
    })
    return { 'replica GB': Number(gigabytes), 'GNX in 30 days': Number(balance) / 1e18 }
  })
  console.log('Storing for oneself at the floor price, with all the expansion the market allows')
  console.table(rows)
}

if (import.meta.main) {
  const farmers = Number(process.argv[2] ?? 500)
  showLosses(farmers)
  showHonest(farmers)
  showSelfDealing()
}
