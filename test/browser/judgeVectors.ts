import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { samplePositions, verifyInspection, verifyReplicaInspection } from '../../src/spor/index.ts'
import { GenaroError } from '../../src/util/errors.ts'

/** What is used of test/spor/vectors/inspections.json. */
export interface InspectionVectors {
  samples: { seed: string; totalLeaves: string; regionCount: number; positions: string[] }[]
  inspections: (AnswerVector & { totalLeaves: string; height: number; excused: string[] })[]
  replicaInspections: (AnswerVector & { leafCount: number })[]
}

/** An answer, and why it is refused: an empty reason means that it is accepted. */
export interface AnswerVector {
  seed: string
  root: string
  proof: string
  reason: string
}

/** What this runtime says to each: sampled positions, and reasons like those of the vectors. */
export interface Judgements {
  samples: string[][]
  inspections: string[]
  replicaInspections: string[]
}

export const judgeVectors = (vectors: InspectionVectors): Judgements => ({
  samples: vectors.samples.map(({ seed, totalLeaves, regionCount }) =>
    samplePositions(bytesOf(seed), BigInt(totalLeaves), regionCount).map(String),
  ),
  inspections: vectors.inspections.map(({ excused, totalLeaves, height, ...vector }) =>
    reasonOf(() =>
      verifyInspection({
        ...answerOf(vector),
        totalLeaves: BigInt(totalLeaves),
        height,
        isExcused: (id) => excused.includes(`0x${bytesToHex(id)}`),
      }),
    ),
  ),
  replicaInspections: vectors.replicaInspections.map(({ leafCount, ...vector }) =>
    reasonOf(() => verifyReplicaInspection({ ...answerOf(vector), leafCount })),
  ),
})

const answerOf = ({ seed, root, proof }: AnswerVector) => ({
  seed: bytesOf(seed),
  root: bytesOf(root),
  answer: bytesOf(proof),
})

function reasonOf(check: () => unknown): string {
  try {
    check()
    return ''
  } catch (error) {
    if (error instanceof GenaroError) return error.code
    throw error
  }
}

const bytesOf = (hex: string): Uint8Array => hexToBytes(hex.slice(2))
