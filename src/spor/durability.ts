import { INNER_DATA_LEAVES, INNER_PARITY_LEAVES } from '../protocol/replicaLayout.ts'

/**
 * How much the inner code grows a file of so many blocks, and how sure it is to come back, as in the worked example
 * of Juels and Kaliski (CCS 2007) that YP 4.3 gives. Blocks are whatever is coded: leaves here, 16 bytes there.
 */
export interface EncodedFile {
  /** Codewords: C in the paper. */
  codewords: number
  /** Blocks after coding, each codeword whole: b′. */
  codedBlocks: number
  sentinels: number
  /** b′ + s. */
  totalBlocks: number
}

/** The sizes of a file of `blocks` blocks under RS(255,223) with so many sentinels. */
export function encodedFile(blocks: number, sentinels: number): EncodedFile {
  const codewords = Math.ceil(blocks / INNER_DATA_LEAVES)
  const codedBlocks = codewords * CODEWORD_LEAVES
  return { codewords, codedBlocks, sentinels, totalBlocks: codedBlocks + sentinels }
}

/** What an adversary who corrupts a share ε of all blocks can do to a file. */
export interface CorruptionBound {
  /** Corrupted blocks that a codeword has on average: μ. */
  meanPerCodeword: number
  /** No file is lost more probably than this: C·e^(d/2−μ)·(d/2μ)^(−d/2), errors at unknown places. */
  lossProbability: number
}

/** The paper's bound, from Chernoff's. `corruptedShare` is ε, above 0 and below 1. */
export function corruptionBound(file: EncodedFile, corruptedShare: number): CorruptionBound {
  const corrupted = corruptedShare * file.totalBlocks
  const mean = (CODEWORD_LEAVES * corrupted) / (file.codedBlocks - corrupted)
  const correctable = INNER_PARITY_LEAVES / 2
  const exponent = correctable - mean - correctable * Math.log(correctable / mean)
  return { meanPerCodeword: mean, lossProbability: file.codewords * Math.exp(exponent) }
}

/**
 * The largest share of leaves at random places whose loss makes any codeword unrecoverable with at most this
 * probability. `correctable` is 32 where lost leaves are known, as Merkle paths make them, and 16 where not.
 */
export function tolerableLoss(
  codewords: number,
  correctable: number,
  failureProbability: number,
): number {
  let low = 0
  let high = 1
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2
    if (codewords * moreThan(correctable, middle) <= failureProbability) low = middle
    else high = middle
  }
  return low
}

const CODEWORD_LEAVES = INNER_DATA_LEAVES + INNER_PARITY_LEAVES

/** The probability that a codeword loses more than `correctable` leaves when each is lost with `share`. */
function moreThan(correctable: number, share: number): number {
  let term = CODEWORD_LEAVES * Math.log1p(-share)
  let sum = 0
  for (let lost = 0; lost <= CODEWORD_LEAVES; lost++) {
    if (lost > correctable) sum += Math.exp(term)
    term += Math.log((CODEWORD_LEAVES - lost) / (lost + 1)) + Math.log(share) - Math.log1p(-share)
  }
  return sum
}
