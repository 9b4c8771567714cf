import { keccak256 } from '../crypto/keccak.ts'
import { InspectionError } from './inspectionErrors.ts'

/**
 * The leaves a seed asks for, ascending: one of each region in the seed's fingerprint group, at a place the seed
 * chooses (YP 4.3.1). Regions cut [0, totalLeaves) evenly. Throws InspectionError BAD_SEED, BAD_REGION_COUNT, and
 * TOO_FEW_LEAVES below one leaf for each region.
 */
export function samplePositions(
  seed: Uint8Array,
  totalLeaves: bigint,
  regionCount = REGION_COUNT,
): bigint[] {
  const group = fingerprintGroup(seed, regionCount)
  if (totalLeaves < BigInt(regionCount) || totalLeaves > MAX_TOTAL_LEAVES) {
    throw new InspectionError('TOO_FEW_LEAVES', {
      message: `An inspection of ${regionCount} regions is of ${regionCount} to 2^64 − 1 leaves, not ${totalLeaves}`,
    })
  }
  const positions: bigint[] = []
  for (let region = 0; region < regionCount; region++) {
    if (((group >> BigInt(region)) & 1n) === 0n) continue
    const start = regionStart(totalLeaves, region, regionCount)
    const sizeLeaves = regionStart(totalLeaves, region + 1, regionCount) - start
    positions.push(start + ((drawOf(seed, region) * sizeLeaves) >> 128n))
  }
  return positions
}

/**
 * Which regions are asked, as bits, the lowest for region 0: 1 + (first 8 bytes of the seed mod (2^g − 1)), so every
 * non-empty group of the g regions and no other. Six regions have the paper's 63 groups.
 */
export function fingerprintGroup(seed: Uint8Array, regionCount = REGION_COUNT): bigint {
  if (seed.length !== SEED_BYTES) {
    throw new InspectionError('BAD_SEED', {
      message: `A seed has ${SEED_BYTES} bytes, got ${seed.length}`,
    })
  }
  if (!Number.isInteger(regionCount) || regionCount < 1 || regionCount > MAX_REGION_COUNT) {
    throw new InspectionError('BAD_REGION_COUNT', {
      message: `Leaves are cut into 1 to ${MAX_REGION_COUNT} regions, not ${regionCount}`,
    })
  }
  const groups = (1n << BigInt(regionCount)) - 1n
  return 1n + (viewOf(seed).getBigUint64(0) % groups)
}

/** Regions of an inspection, g: the paper's granularity, finer than the six of its examples. */
export const REGION_COUNT = 20

/** Above this the groups would be too many for eight bytes to choose evenly. */
export const MAX_REGION_COUNT = 32

export const SEED_BYTES = 32

/** Sums are 64 bits wide on chain. */
export const MAX_TOTAL_LEAVES = (1n << 64n) - 1n

const regionStart = (totalLeaves: bigint, region: number, regionCount: number): bigint =>
  (totalLeaves * BigInt(region)) / BigInt(regionCount)

/** 128 bits of keccak256(abi.encode(seed, region)): so many that the choice in a region is even. */
function drawOf(seed: Uint8Array, region: number): bigint {
  const message = new Uint8Array(SEED_BYTES + 32)
  message.set(seed)
  message[message.length - 1] = region
  const hash = viewOf(keccak256(message))
  return (hash.getBigUint64(0) << 64n) | hash.getBigUint64(8)
}

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
