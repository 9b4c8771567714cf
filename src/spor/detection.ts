import { REGION_COUNT } from './sampling.ts'

/**
 * The probability that a farmer without a share d of its leaves, at places it cannot choose, passes an inspection:
 * ((2 − d)^g − 1) / (2^g − 1), the mean of (1 − d)^k over the groups of k regions (YP 4.3.1).
 */
export const passProbability = (missingShare: number, regionCount = REGION_COUNT): number =>
  ((2 - missingShare) ** regionCount - 1) / groupCount(regionCount)

/** Non-empty groups of regions: 63 of six. */
export const groupCount = (regionCount: number): number => 2 ** regionCount - 1

/** Leaves that an inspection asks for, on average. */
export const meanSampledLeaves = (regionCount = REGION_COUNT): number =>
  (regionCount * 2 ** (regionCount - 1)) / groupCount(regionCount)

/** The probability that an answer kept from before fits so many challenges in a row. */
export const replayProbability = (challenges: number, regionCount = REGION_COUNT): number =>
  groupCount(regionCount) ** -challenges

/** Failures in a row that discharge a farmer (YP 4.3.1). A pass begins the count anew. */
export const STRIKE_LIMIT = 3

/** The mean number of challenges until the first run of failures that discharges: (f^−3 − 1) / (1 − f). */
export function challengesUntilDischarge(pass: number, strikeLimit = STRIKE_LIMIT): number {
  if (pass === 0) return strikeLimit
  const failure = 1 - pass
  return (failure ** -strikeLimit - 1) / pass
}

/** The probability that a farmer who fails each challenge with `failure` is discharged within so many. */
export function dischargeProbability(
  failure: number,
  challenges: number,
  strikeLimit = STRIKE_LIMIT,
): number {
  // The probability of having so many strikes now, and never having reached the limit.
  let byStrikes = [1, ...new Array<number>(strikeLimit - 1).fill(0)]
  for (let challenge = 0; challenge < challenges; challenge++) {
    const kept = byStrikes.reduce((sum, share) => sum + share, 0)
    byStrikes = [kept * (1 - failure), ...byStrikes.slice(0, -1).map((share) => share * failure)]
  }
  return 1 - byStrikes.reduce((sum, share) => sum + share, 0)
}

/**
 * The probability that one private audit of q sentinels shows that a share ε of all blocks is corrupted: 1 − (1 −
 * ε/4)^q, of which the quarter is the slack of the theorem of Juels and Kaliski (YP 4.3).
 */
export const sentinelDetection = (corruptedShare: number, sentinels: number): number =>
  1 - (1 - corruptedShare / 4) ** sentinels

/** Audits, each of which detects with this probability, until all have missed with at most `missProbability`. */
export const auditsNeeded = (detection: number, missProbability: number): number =>
  Math.ceil(Math.log(missProbability) / Math.log1p(-detection))

/** The probability of passing at least once, for who may choose among so many seeds. */
export const grindingProbability = (pass: number, tries: number): number => 1 - (1 - pass) ** tries
