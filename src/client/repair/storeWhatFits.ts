import { encodeShardIndex } from '../../protocol/replicaContract.ts'
import { ClientError } from '../errors.ts'
import { type HeldShard, storeSegment } from '../upload/storeSegment.ts'
import type { ShardTask } from '../upload/storeShard.ts'
import type { PreparedReplica } from '../upload/uploadJournal.ts'
import { validReplica } from '../upload/uploadState.ts'
import type { Repair } from './repair.ts'

type RepairTask = Omit<ShardTask, 'endTime' | 'nowSeconds' | 'onSent' | 'signal'>

/**
 * Stores shards with farmers that are not among `held`, as many as there are farmers for: a part of the shards is
 * better than none. Returns the signed replicas. Throws `ClientError` `NO_SPACE`, `TERM_EXPIRED`, `ABORTED`.
 */
export async function storeWhatFits(
  repair: Repair,
  segment: number,
  tasks: readonly RepairTask[],
  held: readonly HeldShard[],
): Promise<PreparedReplica[]> {
  if (tasks.length === 0) return []
  const { context, state, place, progress, signal } = repair
  forgive(repair, segment, tasks.length, held)
  const fitting = tasks.slice(0, usableCount(repair, held)).map((task) => ({
    ...task,
    endTime: place.bucket.endTime,
    nowSeconds: place.nowSeconds,
    onSent: (bytes: number) => progress.add('sentBytes', bytes),
    signal,
  }))
  if (fitting.length === 0) return []
  try {
    return await storeSegment(context, state, repair.choice, fitting, held)
  } catch (error) {
    // Some may have been stored before no farmer was left for the others.
    if (!(error instanceof ClientError) || error.code !== 'NOT_ENOUGH_FARMERS') throw error
    return fitting.flatMap(
      ({ shard }) => validReplica(state, encodeShardIndex(segment, shard), place.nowSeconds) ?? [],
    )
  }
}

const usableCount = ({ choice }: Repair, held: readonly HeldShard[]): number => {
  const taken = new Set(held.map(({ offer }) => offer.node))
  return choice.farmers.filter(({ node }) => !choice.failed.has(node) && !taken.has(node)).length
}

/** Who lost a replica and says so is asked again when nobody else is left. */
function forgive(repair: Repair, segment: number, count: number, held: readonly HeldShard[]): void {
  const { choice, gone } = repair
  for (const { replica, isAdmitted } of gone) {
    if (usableCount(repair, held) >= count) return
    const isOf = replica.shardIndex / 256n === BigInt(segment)
    if (isAdmitted && isOf) choice.failed.delete(replica.node)
  }
}
