import { join } from 'node:path'
import { bytesToHex } from '@ethereumjs/util'
import type { Replica } from '../../api/actions/getReplica.ts'
import { rebuiltNonce } from '../../protocol/rebuiltNonce.ts'
import { decodeShardIndex, encodeShardIndex } from '../../protocol/replicaContract.ts'
import { createReplicaLayout } from '../../protocol/replicaLayout.ts'
import { ClientError } from '../errors.ts'
import { bytesOf, replicaIdentity } from '../fileSecrets.ts'
import type { SegmentShards } from '../upload/encodeSegment.ts'
import type { PreparedReplica } from '../upload/uploadJournal.ts'
import { validReplica } from '../upload/uploadState.ts'
import { rebuildShards } from './rebuildShards.ts'
import { releaseGone } from './releaseGone.ts'
import type { Repair } from './repair.ts'
import { storeWhatFits } from './storeWhatFits.ts'
import { nonceOf, replicasOfSegment } from './target.ts'

/**
 * Makes the lost shards of a segment anew and stores them, as far as there are farmers for them; checks whose
 * replicas nobody vouches for by making them anew too: sealing gives the same root from the same shard.
 * Returns the signed replicas. Throws as `rebuildShards`.
 */
export async function repairSegment(
  repair: Repair,
  segment: number,
  lost: readonly number[],
): Promise<PreparedReplica[]> {
  const { state, place, directory } = repair
  const ready = lost.flatMap(
    (shard) => validReplica(state, encodeShardIndex(segment, shard), place.nowSeconds) ?? [],
  )
  const isReady = (shard: number): boolean =>
    ready.some(({ offer }) => offer.shardIndex === encodeShardIndex(segment, shard))
  const open = lost.filter((shard) => !isReady(shard))
  const doubted = doubtedShards(repair, segment)
  if (open.length + doubted.length === 0) return ready
  const wanted = [...new Set([...open, ...doubted])]
  const { files, canJudge } = await rebuild(repair, segment, {
    wanted,
    doubted,
    directory: join(directory, String(segment)),
  })
  try {
    const wrong = canJudge ? await judge(repair, segment, doubted, files) : []
    const tasks = [...new Set([...open, ...wrong])].map((shard) => ({
      segment,
      shard,
      shardBytes: repair.target.layout.segment(segment).shardBytes(shard),
      shardFile: files.shardFile(shard),
      replicaFile: files.replicaFile(shard),
      nonce: rebuiltNonce,
    }))
    if (repair.isTight) await releaseGone(repair, ({ shardIndex }) => isIn(segment, shardIndex))
    // No farmer gets a second shard of the segment.
    const held = [...replicasOfSegment(repair.held, segment).values()].flat()
    const taken = [...held.map((offer) => ({ offer })), ...ready]
    return [...ready, ...(await storeWhatFits(repair, segment, tasks, taken))]
  } finally {
    await files.remove()
  }
}

const isIn = (segment: number, shardIndex: bigint): boolean =>
  decodeShardIndex(shardIndex).segment === segment

/** Shards with a replica that was made by somebody since. */
export function doubtedShards({ held, target }: Repair, segment: number): number[] {
  return [...replicasOfSegment(held, segment)]
    .filter(([, replicas]) => replicas.some((replica) => nonceOf(target, replica) === undefined))
    .map(([shard]) => shard)
}

/** From shards that are vouched for if they are enough: only then, or with the file's key, can others be judged. */
async function rebuild(
  { context, target, held, decipher, progress, signal }: Repair,
  segment: number,
  { wanted, doubted, directory }: { wanted: number[]; doubted: number[]; directory: string },
): Promise<{ files: SegmentShards; canJudge: boolean }> {
  const options = {
    segment,
    wanted,
    replicas: replicasOfSegment(held, segment),
    directory,
    decipher,
    onReceived: (bytes: number) => progress.add('receivedBytes', bytes),
    signal,
  }
  try {
    const files = await rebuildShards(context, target, { ...options, avoided: doubted })
    return { files, canJudge: true }
  } catch (error) {
    const isShort = error instanceof ClientError && error.code === 'FILE_DAMAGED'
    if (!isShort || doubted.length === 0) throw error
    const files = await rebuildShards(context, target, { ...options, avoided: [] })
    return { files, canJudge: decipher !== undefined }
  }
}

/** Vouches for the replicas that are what they should be. The shards of the others are as good as lost. */
async function judge(
  repair: Repair,
  segment: number,
  shards: readonly number[],
  files: SegmentShards,
): Promise<number[]> {
  const { held, gone, target } = repair
  const wrong = new Set<number>()
  for (const [shard, replicas] of replicasOfSegment(held, segment)) {
    if (!shards.includes(shard)) continue
    for (const replica of replicas) {
      if (nonceOf(target, replica) !== undefined) continue
      if (await isRight(repair, { segment, shard }, replica, files)) {
        const { root, node } = replica
        target.vouched[segment]![shard]!.push({
          root: bytesOf(root),
          sealNonce: rebuiltNonce(node),
        })
      } else {
        repair.held = repair.held.filter(({ id }) => id !== replica.id)
        gone.push({ replica, reason: 'wrong', isAdmitted: false })
        repair.choice.failed.add(replica.node)
        wrong.add(shard)
      }
    }
  }
  const isLost = (shard: number): boolean => !replicasOfSegment(repair.held, segment).has(shard)
  return [...wrong].filter(isLost)
}

async function isRight(
  { context, target, signal }: Repair,
  { segment, shard }: { segment: number; shard: number },
  replica: Replica,
  files: SegmentShards,
): Promise<boolean> {
  const shardBytes = target.layout.segment(segment).shardBytes(shard)
  if (BigInt(createReplicaLayout(shardBytes).leafCount) !== replica.leafCount) return false
  const { account } = await context.farmers.farmerOf(replica.node)
  const { root } = await context.workers.setUpReplica(
    {
      shardFile: files.shardFile(shard),
      shardBytes,
      replicaFile: files.replicaFile(shard),
      keys: target.secrets.replicaKeys,
      identity: replicaIdentity(
        target.fileId,
        { segment, shard },
        account,
        rebuiltNonce(replica.node),
      ),
    },
    signal,
  )
  return bytesToHex(root) === replica.root.toLowerCase()
}
