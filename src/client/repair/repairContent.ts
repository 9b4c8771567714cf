import { getReplica } from '../../api/actions/getReplica.ts'
import { isManifestShard } from '../../protocol/manifestShard.ts'
import { decodeShardIndex } from '../../protocol/replicaContract.ts'
import { findDamage, isRecoverable, type SegmentDamage } from '../../storage/repair/findDamage.ts'
import { ClientError } from '../errors.ts'
import type { PreparedReplica } from '../upload/uploadJournal.ts'
import { releaseGone } from './releaseGone.ts'
import { isHeld, type Repair } from './repair.ts'
import { doubtedShards, repairSegment } from './repairSegment.ts'

/** What became of the content of a file. */
export interface ContentRepair {
  /** Replicas that were made and registered. */
  rebuiltCount: number
  /** Shards that are lost still, since no farmer was left to take them. */
  unplacedCount: number
  /** Segments of which too little is left. */
  lostSegments: SegmentDamage[]
}

/** How often what the chain refused is stored anew with other farmers. */
const PASSES = 3

/** Repairs segment by segment. With `judgesAll`, segments are looked at too that only others' work is in. */
export async function repairContent(
  repair: Repair,
  { judgesAll }: { judgesAll: boolean },
): Promise<ContentRepair> {
  const lostSegments = new Map<number, SegmentDamage>()
  let rebuiltCount = 0
  for (let pass = 0; pass < PASSES; pass++) {
    const placed = await repairOnce(repair, lostSegments, pass === 0 && judgesAll)
    const refused = await repair.registrar.flush()
    for (const { offer } of refused) repair.choice.failed.add(offer.node)
    const registered = placed.filter(({ id }) => repair.state.registered.has(id))
    await admit(repair, registered)
    rebuiltCount += registered.length
    if (refused.length === 0) break
  }
  await releaseGone(repair, (replica) => isReplaced(repair, replica.shardIndex))
  const open = damageOf(repair).filter(({ segment }) => !lostSegments.has(segment))
  return {
    rebuiltCount,
    unplacedCount: open.reduce((sum, { lost }) => sum + lost.length, 0),
    lostSegments: [...lostSegments.values()],
  }
}

async function repairOnce(
  repair: Repair,
  lostSegments: Map<number, SegmentDamage>,
  judgesAll: boolean,
): Promise<PreparedReplica[]> {
  const placed: PreparedReplica[] = []
  const { segmentCount } = repair.target.layout
  const damaged = new Map(damageOf(repair).map((damage) => [damage.segment, damage]))
  for (let segment = 0; segment < segmentCount; segment++) {
    const damage = damaged.get(segment)
    const isDue = damage !== undefined || (judgesAll && doubtedShards(repair, segment).length > 0)
    if (!isDue || lostSegments.has(segment)) continue
    if (damage !== undefined && !isRecoverable(damage)) {
      lostSegments.set(segment, damage)
      continue
    }
    try {
      const replicas = await repairSegment(repair, segment, damage?.lost ?? [])
      placed.push(...replicas)
      await repair.registrar.add(replicas)
    } catch (error) {
      // Leaves were there when they were asked for, but not enough of the rest: others may still be saved.
      if (!(error instanceof ClientError) || error.code !== 'FILE_DAMAGED') throw error
      const { dataShards } = repair.target.layout
      const found = Number(error.facts.found ?? 0)
      lostSegments.set(segment, { segment, lost: damage?.lost ?? [], found, needed: dataShards })
    }
  }
  return placed
}

/** The segments that miss shards by what is held, whoever ended the contracts of the others. */
export const damageOf = (repair: Pick<Repair, 'held' | 'target'>): SegmentDamage[] => {
  const shards = new Set(repair.held.map(({ shardIndex }) => shardIndex))
  return findDamage(repair.target.layout, (segment, shard) =>
    shards.has(BigInt(segment) * 256n + BigInt(shard)),
  )
}

/** New replicas count from here on. */
async function admit(
  { context, held, target, progress }: Repair,
  replicas: readonly PreparedReplica[],
): Promise<void> {
  for (const { id, nonce, offer } of replicas) {
    const { segment, shard } = decodeShardIndex(offer.shardIndex)
    held.push(await getReplica(context.provider, { id }))
    target.vouched[segment]![shard]!.push({
      root: Buffer.from(offer.root.slice(2), 'hex'),
      sealNonce: Buffer.from(nonce.slice(2), 'hex'),
    })
    progress.add('rebuiltCount', 1)
  }
}

const isReplaced = (repair: Repair, shardIndex: bigint): boolean => {
  const { segment, shard } = decodeShardIndex(shardIndex)
  return !isManifestShard(shardIndex) && isHeld(repair, segment, shard)
}
