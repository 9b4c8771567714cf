import { LEAF_BYTES } from '../shardProtocol/limits.ts'
import type { ReplicaReader } from './openReplica.ts'

/** Leaves between two wanted ones that are rather read along than skipped with another call. */
const MAX_GAP = 16

/** The leaves at ascending indices, in parts that follow each other, with few reads of the file. */
export async function readLeaves(
  reader: Pick<ReplicaReader, 'read'>,
  indices: readonly number[],
): Promise<Uint8Array[]> {
  const stretches: number[][] = []
  for (const index of indices) {
    const last = stretches.at(-1)
    if (last !== undefined && index - last.at(-1)! <= MAX_GAP) last.push(index)
    else stretches.push([index])
  }
  const parts = await Promise.all(stretches.map((stretch) => readStretch(reader, stretch)))
  return parts.flat()
}

async function readStretch(
  reader: Pick<ReplicaReader, 'read'>,
  indices: readonly number[],
): Promise<Uint8Array[]> {
  const first = indices[0]!
  const count = indices.at(-1)! - first + 1
  const bytes = await reader.read(first, count)
  if (count === indices.length) return [bytes]
  return indices.map((index) =>
    bytes.subarray((index - first) * LEAF_BYTES, (index - first + 1) * LEAF_BYTES),
  )
}
