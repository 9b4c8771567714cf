import { verifyMerkleProof } from '../crypto/merkle/proof.ts'
import { InspectionError } from './inspectionErrors.ts'
import { type AnswerHeader, type AnswerReader, createAnswerReader } from './inspectionProof.ts'
import { samplePositions } from './sampling.ts'
import { entryNode, type TreeEntry } from './sumNode.ts'
import { type PathEnd, rootOfPath } from './treePath.ts'

/** What the chain knows of a scheduled challenge, and the bytes that came in answer. */
export interface InspectionAnswer {
  /** The tree at the snapshot. */
  root: Uint8Array
  totalLeaves: bigint
  height: number
  seed: Uint8Array
  /** Whether a replica was released before the snapshot; of such, and only of such, no leaves are shown. */
  isExcused(replicaId: Uint8Array): boolean
  answer: Uint8Array
  regionCount?: number
}

/** What a valid answer shows. */
export interface InspectionResult {
  /** Leaves that were shown. */
  shownLeaves: number
  /** Leaves that were asked of excused replicas. */
  excusedLeaves: number
}

/**
 * Refuses an answer that is not, byte for byte, the one a farmer with all sampled leaves gives: throws InspectionError
 * BAD_LENGTH, BAD_FLAG (leaves of an excused replica, or none of another), BAD_ENTRY, BAD_PLACE, BAD_PATH,
 * WRONG_REPLICA (not where the next sample lies) or BAD_LEAVES. Where nothing can be asked, BAD_SEED or TOO_FEW_LEAVES.
 */
export function verifyInspection(question: InspectionAnswer): InspectionResult {
  const { totalLeaves, height, seed, regionCount } = question
  const samples = samplePositions(seed, totalLeaves, regionCount)
  const reader = createAnswerReader(question.answer)
  const result = { shownLeaves: 0, excusedLeaves: 0 }
  for (let next = 0; next < samples.length; ) {
    const header = reader.header(height)
    const { firstLeaf } = checkPath(question, header)
    const indices = samplesWithin(samples.slice(next), firstLeaf, header.entry)
    checkExcuse(question, header)
    if (header.isExcused) result.excusedLeaves += indices.length
    else {
      checkLeaves(reader, header.entry, indices)
      result.shownLeaves += indices.length
    }
    next += indices.length
  }
  reader.end()
  return result
}

/** What the chain knows of an extra challenge, and the bytes that came in answer. */
export interface ReplicaInspectionAnswer {
  /** Root and leaf count of the replica. */
  root: Uint8Array
  leafCount: number
  seed: Uint8Array
  answer: Uint8Array
  regionCount?: number
}

/**
 * The same for an extra challenge of one replica. Throws InspectionError BAD_LENGTH or BAD_LEAVES; where nothing can be
 * asked, BAD_SEED or TOO_FEW_LEAVES.
 */
export function verifyReplicaInspection(question: ReplicaInspectionAnswer): InspectionResult {
  const { leafCount, seed, regionCount } = question
  const indices = samplePositions(seed, BigInt(leafCount), regionCount).map(Number)
  const reader = createAnswerReader(question.answer)
  checkLeaves(reader, question, indices)
  reader.end()
  return { shownLeaves: indices.length, excusedLeaves: 0 }
}

function checkPath(
  { root, totalLeaves }: InspectionAnswer,
  { entry, place, siblings }: AnswerHeader,
): PathEnd {
  const end = rootOfPath(entryNode(entry), place, siblings)
  if (end.totalLeaves === totalLeaves && isEqual(end.root, root)) return end
  throw new InspectionError('BAD_PATH', {
    message: `The path of place ${place} does not lead to the tree that was asked about`,
    hint: 'Answer from the tree as it was when the challenge was announced.',
  })
}

/** The leaf indices of the samples, as many of the next as lie in this replica: at least one must. */
function samplesWithin(
  samples: readonly bigint[],
  firstLeaf: bigint,
  { leafCount }: TreeEntry,
): number[] {
  const end = firstLeaf + BigInt(leafCount)
  const beyond = samples.findIndex((position) => position < firstLeaf || position >= end)
  const within = beyond === -1 ? samples : samples.slice(0, beyond)
  if (within.length === 0) {
    throw new InspectionError('WRONG_REPLICA', {
      message: `The next leaf asked for is ${samples[0]}, and the replica has ${firstLeaf} to ${end - 1n}`,
    })
  }
  return within.map((position) => Number(position - firstLeaf))
}

function checkExcuse(
  { isExcused }: InspectionAnswer,
  { isExcused: claimed, entry }: AnswerHeader,
): void {
  if (isExcused(entry.replicaId) === claimed) return
  throw new InspectionError('BAD_FLAG', {
    message: claimed
      ? 'A replica that was not released before the snapshot has to show its leaves'
      : 'A replica that was released before the snapshot shows no leaves',
  })
}

function checkLeaves(
  reader: AnswerReader,
  { root, leafCount }: Pick<TreeEntry, 'root' | 'leafCount'>,
  indices: readonly number[],
): void {
  try {
    verifyMerkleProof(root, { leafCount, indices, ...reader.leafProof(leafCount, indices) })
  } catch (cause) {
    if (cause instanceof InspectionError) throw cause
    throw new InspectionError('BAD_LEAVES', {
      message: `The leaves ${indices.join(', ')} are not those of the replica`,
      hint: 'The replica is damaged, or another seed was answered.',
      cause,
    })
  }
}

const isEqual = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, at) => byte === b[at])
