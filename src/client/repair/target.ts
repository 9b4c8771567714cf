import type { Replica } from '../../api/actions/getReplica.ts'
import { createFileLayout, type FileLayout } from '../../protocol/fileLayout.ts'
import type { FileShape } from '../../protocol/fileLayoutShape.ts'
import { isManifestShard } from '../../protocol/manifestShard.ts'
import { decodeShardIndex } from '../../protocol/replicaContract.ts'
import { createReplicaLayout } from '../../protocol/replicaLayout.ts'
import type { FileSecrets } from '../fileSecrets.ts'
import { type VouchedReplica, vouchedNonce } from '../segmentReader.ts'

/** A file as who repairs it knows it: enough to make its shards anew, nothing of what is in it. */
export interface RepairTarget {
  readonly fileId: string
  readonly bucketId: string
  readonly layout: FileLayout
  readonly secrets: Pick<FileSecrets, 'replicaKeys'>
  /** Replicas that are known to be of the file's shards, by segment and shard; it grows as more are checked. */
  readonly vouched: VouchedReplica[][][]
  /** Its replicas on chain when the repair began. */
  readonly all: readonly Replica[]
}

export function createRepairTarget(
  {
    shape,
    segments,
  }: { shape: FileShape; segments: readonly (readonly (readonly VouchedReplica[])[])[] },
  rest: Omit<RepairTarget, 'layout' | 'vouched'>,
): RepairTarget {
  const layout = createFileLayout(shape)
  const vouched = Array.from({ length: layout.segmentCount }, (_, segment) =>
    Array.from({ length: layout.segment(segment).shardCount }, (_, shard) =>
      (segments[segment]?.[shard] ?? []).map(({ root, sealNonce }) => ({ root, sealNonce })),
    ),
  )
  return { ...rest, layout, vouched }
}

/** The nonce of a replica that is vouched for; undefined for others. */
export function nonceOf(
  { layout, vouched }: RepairTarget,
  { shardIndex, root }: Pick<Replica, 'shardIndex' | 'root'>,
): Uint8Array | undefined {
  const { segment, shard } = decodeShardIndex(shardIndex)
  const options = { manifest: { shape: layout, segments: vouched }, segment: { index: segment } }
  return vouchedNonce(options, shard, { root })
}

/** Whether a replica on chain can be one of the file's content: its place exists, and its size is right. */
export function hasPlace({ layout }: RepairTarget, { shardIndex, leafCount }: Replica): boolean {
  const { segment, shard } = decodeShardIndex(shardIndex)
  if (isManifestShard(shardIndex) || segment >= layout.segmentCount) return false
  const { shardCount, shardBytes } = layout.segment(segment)
  const sizeBytes = shard < shardCount ? shardBytes(shard) : 0
  return sizeBytes > 0 && BigInt(createReplicaLayout(sizeBytes).leafCount) === leafCount
}

/** Replicas of one segment by shard. */
export function replicasOfSegment(
  replicas: readonly Replica[],
  index: number,
): Map<number, Replica[]> {
  const shards = new Map<number, Replica[]>()
  for (const replica of replicas) {
    const { segment, shard } = decodeShardIndex(replica.shardIndex)
    if (segment === index) shards.set(shard, [...(shards.get(shard) ?? []), replica])
  }
  return shards
}
