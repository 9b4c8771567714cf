import { LEAF_BYTES, type ReplicaLayout } from '../protocol/replicaLayout.ts'
import { locateCodedLeaves } from './codedLeaves.ts'
import { SporError } from './errors.ts'
import { leafAt } from './leaves.ts'
import type { ReplicaSecrets } from './replicaSecrets.ts'
import { sealLeaves } from './sealing.ts'

/**
 * Bytes `start` to `end` of a shard, from the single leaves of a replica that hold them: a cell of 64 KiB takes 64 or
 * 65, in one window or two. Who reads the leaves verifies them. Throws SporError OUT_OF_RANGE and BAD_LEAVES.
 */
export async function readShardRange({
  layout,
  secrets,
  start,
  end,
  readLeaves,
}: ShardRange): Promise<Uint8Array> {
  const indices = await leavesOfRange({ layout, secrets, start, end })
  if (indices.length === 0) return new Uint8Array(0)
  const ascending = [...indices].sort((a, b) => a - b)
  const read = await readLeaves(ascending)
  if (read.length !== ascending.length * LEAF_BYTES) {
    throw new SporError('BAD_LEAVES', {
      message: `${ascending.length} leaves are ${ascending.length * LEAF_BYTES} bytes, got ${read.length}`,
    })
  }
  const placeOf = new Map(ascending.map((leafIndex, at) => [leafIndex, at]))
  const sealed = new Uint8Array(read.length)
  for (const [at, leafIndex] of indices.entries()) {
    sealed.set(leafAt(read, placeOf.get(leafIndex)!), at * LEAF_BYTES)
  }
  const first = Math.floor(start / LEAF_BYTES)
  const leaves = await sealLeaves(secrets, first, sealed)
  return leaves.subarray(start - first * LEAF_BYTES, end - first * LEAF_BYTES)
}

export interface ShardRange {
  layout: ReplicaLayout
  secrets: Pick<ReplicaSecrets, 'seal' | 'permutation'>
  /** The first byte of the shard. */
  start: number
  /** One behind the last. */
  end: number
  /** Reads and verifies leaves of the replica: 1 KiB each, one after another. The indices ascend. */
  readLeaves(indices: readonly number[]): Promise<Uint8Array>
}

/** Which leaves of the replica hold a range of the shard, in the shard's order. */
export async function leavesOfRange({
  layout,
  secrets,
  start,
  end,
}: Omit<ShardRange, 'readLeaves'>): Promise<number[]> {
  const isInside = Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start <= end
  if (!isInside || end > layout.shardBytes) {
    throw new SporError('OUT_OF_RANGE', {
      message: `The shard has ${layout.shardBytes} bytes, not those from ${start} to ${end}`,
    })
  }
  if (start === end) return []
  const first = Math.floor(start / LEAF_BYTES)
  const count = Math.ceil(end / LEAF_BYTES) - first
  const indices: number[] = []
  for await (const run of locateCodedLeaves(layout, secrets, first, count)) {
    indices.push(...run.leafIndices)
  }
  return indices
}
