import { LEAF_BYTES } from '../protocol/replicaLayout.ts'

/** The bytes of a shard, wherever they are. */
export interface ShardSource {
  readonly sizeBytes: number
  /** Bytes `start` to `end`, which lie inside the shard. They are not written to, and not kept. */
  read(start: number, end: number): Uint8Array | Promise<Uint8Array>
}

/** A shard in memory. */
export const shardInMemory = (bytes: Uint8Array): ShardSource => ({
  sizeBytes: bytes.length,
  read: (start, end) => bytes.subarray(start, end),
})

/** Whole leaves of a shard, filled up with zeros behind its end. */
export async function readShardLeaves(
  shard: ShardSource,
  first: number,
  count: number,
): Promise<Uint8Array> {
  const start = first * LEAF_BYTES
  const end = start + count * LEAF_BYTES
  if (end <= shard.sizeBytes) return shard.read(start, end)
  const leaves = new Uint8Array(count * LEAF_BYTES)
  if (start < shard.sizeBytes) leaves.set(await shard.read(start, shard.sizeBytes))
  return leaves
}

/** The leaf at a place of a run of leaves, in the same memory. */
export const leafAt = (leaves: Uint8Array, index: number): Uint8Array =>
  leaves.subarray(index * LEAF_BYTES, (index + 1) * LEAF_BYTES)
