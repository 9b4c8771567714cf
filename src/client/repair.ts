import { openFileCipher } from '../crypto/fileCipher.ts'
import { unwrapFileKey } from '../crypto/fileKey.ts'
import { isManifestShard } from '../protocol/manifestShard.ts'
import { decodeShardIndex } from '../protocol/replicaContract.ts'
import type { SegmentDamage } from '../storage/repair/findDamage.ts'
import { errorMessage } from '../util/errors.ts'
import { type ClientContext, untilClosed } from './context.ts'
import { throwIfAborted } from './errors.ts'
import { parseFileId } from './fileSecrets.ts'
import { findFile, type StoredFile } from './findFile.ts'
import type { GoneReplica } from './repair/checkReplicas.ts'
import { chooseFarmers, withRepair } from './repair/openRepair.ts'
import { publishManifest } from './repair/publishManifest.ts'
import type { Repair, RepairProgress } from './repair/repair.ts'
import { type ContentRepair, damageOf, repairContent } from './repair/repairContent.ts'
import { doubtedShards } from './repair/repairSegment.ts'
import { createRepairTarget } from './repair/target.ts'
import { chooseBucket } from './upload/checkBucket.ts'

export interface RepairOptions {
  /** The bucket; the signer's own are searched by default. */
  bucketId?: string | undefined
  onProgress?: ((progress: RepairProgress) => void) | undefined
  /** Uniform in [0, 1), for drawing farmers; `Math.random` by default. */
  random?: (() => number) | undefined
  signal?: AbortSignal | undefined
}

/** A replica that was found missing. */
export interface MissingReplica {
  id: string
  node: bigint
  /** A copy of the manifest has none of these. */
  segment?: number
  shard?: number
  reason: GoneReplica['reason']
  message?: string
}

export interface RepairResult {
  id: string
  bucketId: string
  /** Replicas that were looked at, those of the manifest included. */
  checkedCount: number
  missing: MissingReplica[]
  /** Replicas that were made and registered in place of missing ones, without copies of the manifest. */
  rebuiltCount: number
  /** Contracts that were ended. */
  releasedCount: number
  /** Shards that are missing still, because no farmer is left to take them. */
  unplacedCount: number
  /** Segments of which fewer shards are left than give the rest back. Their contracts go on: farmers may return. */
  lostSegments: SegmentDamage[]
  /** Copies of the manifest that there are now. */
  manifestCount: number
  /** Nothing is missing any more. */
  isWhole: boolean
  receivedBytes: number
  /** The new replicas' prices, out of the bucket's escrow. */
  paidWei: bigint
}

/**
 * Finds replicas of a file that are gone, makes them anew for other farmers from those that are left, puts them under
 * contract and ends the contracts of the old ones (SPEC 7). Run again after a crash it goes on where it ended. What
 * cannot be saved is told in the result. Throws `ClientError`: `FILE_UNKNOWN`, `WRONG_SEED`, `NO_TRAFFIC`,
 * `NO_SPACE`, `NOT_OWNER`, `TERM_EXPIRED`, `BUSY`, `ABORTED`.
 */
export async function repairFile(
  context: ClientContext,
  id: string,
  options: RepairOptions = {},
): Promise<RepairResult> {
  const signal = untilClosed(context, options.signal)
  throwIfAborted(signal)
  const fileId = parseFileId(id)
  const file = await findFile(context, fileId, { bucketId: options.bucketId, signal })
  const { manifest, secrets, bucketId, all } = file
  const place = await chooseBucket(context, bucketId)
  const fileKey = await unwrapFileKey(
    { bucketKey: secrets.bucketKey, fileId: manifest.fileId },
    manifest.wrappedFileKey,
  )
  const decipher = await openFileCipher({ fileKey, header: manifest.cipherHeader })
  const target = createRepairTarget(manifest, { fileId, bucketId, secrets, all })
  const { onProgress, random } = options
  return await withRepair(
    context,
    target,
    { place, decipher, onProgress, random, signal },
    (repair) => repairOwned(repair, file),
  )
}

async function repairOwned(repair: Repair, file: StoredFile): Promise<RepairResult> {
  const copies = repair.held.filter(({ shardIndex }) => isManifestShard(shardIndex)).length
  const { segmentCount, parityShards } = repair.target.layout
  const isDoubted = Array.from({ length: segmentCount }, (_, segment) => segment).some(
    (segment) => doubtedShards(repair, segment).length > 0,
  )
  const isDue =
    repair.gone.length > 0 ||
    isDoubted ||
    repair.state.isResumed ||
    copies !== parityShards + 1 ||
    // Replicas that their farmers forfeited are not on chain any more.
    damageOf(repair).length > 0
  if (!isDue) return repairResult(repair, NOTHING_DONE, copies)
  await chooseFarmers(repair)
  const content = await repairContent(repair, { judgesAll: true })
  return repairResult(repair, content, await publishManifest(repair, file))
}

/** The content of a file that nothing is missing of. */
export const NOTHING_DONE: ContentRepair = { rebuiltCount: 0, unplacedCount: 0, lostSegments: [] }

/** What a repair says of itself at its end. */
export function repairResult(
  { target, gone, released, progress, registrar }: Repair,
  content: ContentRepair,
  manifestCount: number,
): RepairResult {
  const { checkedCount, receivedBytes } = progress.now
  return {
    id: target.fileId,
    bucketId: target.bucketId,
    checkedCount,
    missing: gone.map(missingReplica),
    ...content,
    releasedCount: released.size,
    manifestCount,
    isWhole: content.unplacedCount === 0 && content.lostSegments.length === 0,
    receivedBytes,
    paidWei: registrar.paidWei,
  }
}

const missingReplica = ({ replica, reason, error }: GoneReplica): MissingReplica => ({
  id: replica.id,
  node: replica.node,
  ...(!isManifestShard(replica.shardIndex) && decodeShardIndex(replica.shardIndex)),
  reason,
  ...(error !== undefined && { message: errorMessage(error) }),
})
