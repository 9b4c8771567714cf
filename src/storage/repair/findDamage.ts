import { createFileLayout } from '../../protocol/fileLayout.ts'
import type { FileShape } from '../../protocol/fileLayoutShape.ts'

/** What a segment of a file has lost. */
export interface SegmentDamage {
  segment: number
  /** Shards of which no replica is left. */
  lost: number[]
  /** Shards that are left; those of no bytes, which are known without a replica, count. */
  found: number
  /** So many give all others back. */
  needed: number
}

/** The segments of a file that lost shards, told which shards of a segment are held still. */
export function findDamage(
  shape: FileShape,
  isHeld: (segment: number, shard: number) => boolean,
): SegmentDamage[] {
  const layout = createFileLayout(shape)
  const damaged: SegmentDamage[] = []
  for (let index = 0; index < layout.segmentCount; index++) {
    const { shardCount, shardBytes } = layout.segment(index)
    const lost: number[] = []
    for (let shard = 0; shard < shardCount; shard++) {
      if (shardBytes(shard) > 0 && !isHeld(index, shard)) lost.push(shard)
    }
    const damage = { segment: index, lost, found: shardCount - lost.length }
    if (lost.length > 0) damaged.push({ ...damage, needed: layout.dataShards })
  }
  return damaged
}

/** Whether what is left of a segment gives back what it lost. */
export const isRecoverable = ({ found, needed }: SegmentDamage): boolean => found >= needed
