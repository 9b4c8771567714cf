import { createErasureCode } from '../crypto/erasure/erasureCode.ts'
import {
  INNER_DATA_LEAVES,
  INNER_PARITY_LEAVES,
  LEAF_BYTES,
  type ReplicaLayout,
} from '../protocol/replicaLayout.ts'
import { readShardLeaves, type ShardSource } from './leaves.ts'

/**
 * The parity leaves of a shard, 32 rows of one leaf for each group (YP 4.3, step 1). The shard is read in narrow
 * columns of all its rows, so beside the parity, an eighth of the shard, memory is bounded.
 */
export async function encodeParity(
  shard: ShardSource,
  layout: ReplicaLayout,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const { groups, dataRows } = layout
  const parity = new Uint8Array(INNER_PARITY_LEAVES * groups * LEAF_BYTES)
  for (let group = 0; group < groups; group += STRIP_LEAVES) {
    signal?.throwIfAborted()
    const width = Math.min(STRIP_LEAVES, groups - group)
    const zeros = new Uint8Array(width * LEAF_BYTES)
    const data: Uint8Array[] = []
    for (let row = 0; row < INNER_DATA_LEAVES; row++) {
      const isStored = row < dataRows
      data.push(isStored ? await readShardLeaves(shard, row * groups + group, width) : zeros)
    }
    innerCode.encode(data, rowsOf(parity, groups, group, width))
  }
  return parity
}

/** RS(255,223) over leaves. */
export const innerCode = createErasureCode({
  dataShards: INNER_DATA_LEAVES,
  parityShards: INNER_PARITY_LEAVES,
})

/** Columns that are encoded at once: what the kernel works on without touching memory twice. */
const STRIP_LEAVES = 16

/** The columns `group` to `group + width` of rows of leaves, each row a view into their memory. */
export const rowsOf = (
  leaves: Uint8Array,
  groups: number,
  group: number,
  width: number,
): Uint8Array[] =>
  Array.from({ length: leaves.length / (groups * LEAF_BYTES) }, (_, row) => {
    const start = (row * groups + group) * LEAF_BYTES
    return leaves.subarray(start, start + width * LEAF_BYTES)
  })
