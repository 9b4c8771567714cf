import { concatBytes } from '@ethereumjs/util'
import { HASH_BYTES, LEAF_BYTES } from '../crypto/merkle/hashing.ts'
import { proofPositions } from '../crypto/merkle/proof.ts'
import { InspectionError } from './inspectionErrors.ts'
import { encodeLeafProof, encodeReplicaAnswer, type LeafProof } from './inspectionProof.ts'
import { samplePositions } from './sampling.ts'
import type { TreeEntry } from './sumNode.ts'
import { pathOfPlace, type SumTree } from './sumTree.ts'
import { type LocatedEntry, locateLeaf } from './treeLookup.ts'

/** Leaves that are asked of one replica. */
export interface LeafQuestion {
  entry: TreeEntry
  /** Strictly ascending. */
  indices: readonly number[]
}

/** Reads leaves of a replica and the hashes of the places `proofPositions(leafCount, indices)`, in its order. */
export type LeafReader = (question: LeafQuestion) => Promise<LeafProof>

export interface InspectionOptions {
  /** The tree as it was at the challenge's snapshot. */
  tree: SumTree
  seed: Uint8Array
  /** Whether a replica was released before the snapshot, so that nothing of it has to be shown. */
  isExcused(replicaId: Uint8Array): boolean
  readLeaves: LeafReader
  regionCount?: number
}

/**
 * The answer to a scheduled challenge: for each replica that is touched, in the tree's order, its path and its
 * sampled leaves (see `encodeReplicaAnswer`). Leaves are read replica by replica; what `readLeaves` throws, this
 * throws. Throws InspectionError TOO_FEW_LEAVES, and BAD_LEAVES when what was read has not the length asked for.
 */
export async function proveInspection(options: InspectionOptions): Promise<Uint8Array> {
  const { tree, seed, isExcused, readLeaves, regionCount } = options
  const parts: Uint8Array[] = []
  for (const sampled of sampledReplicas(tree, seed, regionCount)) {
    const { entry, place, indices } = sampled
    const proof = isExcused(entry.replicaId)
      ? undefined
      : await readChecked(readLeaves, { entry, indices })
    parts.push(encodeReplicaAnswer({ entry, place, siblings: pathOfPlace(tree, place), proof }))
  }
  return concatBytes(...parts)
}

/** A replica and its leaves that a seed asks for. */
export interface SampledReplica extends LocatedEntry {
  readonly indices: readonly number[]
}

/** The replicas a seed touches, ascending: at most one for each region. */
export function sampledReplicas(
  tree: SumTree,
  seed: Uint8Array,
  regionCount?: number,
): SampledReplica[] {
  const touched: (LocatedEntry & { indices: number[] })[] = []
  for (const position of samplePositions(seed, tree.totalLeaves, regionCount)) {
    const located = locateLeaf(tree, position)
    if (touched.at(-1)?.place !== located.place) touched.push({ ...located, indices: [] })
    touched.at(-1)!.indices.push(Number(position - located.firstLeaf))
  }
  return touched
}

export interface ReplicaInspectionOptions {
  entry: TreeEntry
  seed: Uint8Array
  readLeaves: LeafReader
  regionCount?: number
}

/** The answer to an extra challenge of one replica: its sampled leaves and their hashes, for regions of it alone. */
export async function proveReplicaInspection({
  entry,
  seed,
  readLeaves,
  regionCount,
}: ReplicaInspectionOptions): Promise<Uint8Array> {
  const indices = samplePositions(seed, BigInt(entry.leafCount), regionCount).map(Number)
  return encodeLeafProof(await readChecked(readLeaves, { entry, indices }))
}

async function readChecked(readLeaves: LeafReader, question: LeafQuestion): Promise<LeafProof> {
  const { entry, indices } = question
  const proof = await readLeaves(question)
  const needed = proofPositions(entry.leafCount, indices).length
  if (
    proof.leaves.length === indices.length * LEAF_BYTES &&
    proof.hashes.length === needed &&
    proof.hashes.every(({ length }) => length === HASH_BYTES)
  ) {
    return proof
  }
  throw new InspectionError('BAD_LEAVES', {
    message: `${indices.length} leaves of ${entry.leafCount} and ${needed} hashes were asked for, got ${proof.leaves.length} bytes and ${proof.hashes.length} hashes`,
  })
}
