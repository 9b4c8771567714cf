import { releaseReplicas } from '../api/actions/releaseReplicas.ts'
import { isManifestShard } from '../protocol/manifestShard.ts'
import { type ClientContext, untilClosed } from './context.ts'
import { throwIfAborted } from './errors.ts'
import { parseFileId } from './fileSecrets.ts'
import { findReplicas } from './findFile.ts'

export interface RemoveOptions {
  /** The bucket, for its steward; the signer's own buckets are searched by default. */
  bucketId?: string | undefined
  signal?: AbortSignal | undefined
}

export interface RemoveResult {
  id: string
  bucketId: string
  /** Contracts that were ended. */
  replicaCount: number
  /** Space that is free again. */
  replicaBytes: bigint
  /** What went back to the bucket, and what the farmers had earned. */
  returnedWei: bigint
  earnedWei: bigint
}

/** So many fit a transaction's gas with room to spare. */
const BATCH = 24

/**
 * Ends all contracts of a file, after which its farmers drop it. The manifest's come last: a removal that is broken
 * off can be gone on with. Throws `ClientError` `FILE_UNKNOWN`, `ApiError`.
 */
export async function removeFile(
  context: ClientContext,
  id: string,
  options: RemoveOptions = {},
): Promise<RemoveResult> {
  const signal = untilClosed(context, options.signal)
  const { bucketId, all } = await findReplicas(context, parseFileId(id), options.bucketId)
  const content = all.filter(({ shardIndex }) => !isManifestShard(shardIndex))
  const manifest = all.filter(({ shardIndex }) => isManifestShard(shardIndex))
  const ordered = [...content, ...manifest]
  let returnedWei = 0n
  let earnedWei = 0n
  for (let at = 0; at < ordered.length; at += BATCH) {
    throwIfAborted(signal)
    const ids = ordered.slice(at, at + BATCH).map((replica) => replica.id)
    const { replicas } = await releaseReplicas(context.signer, { ids })
    for (const replica of replicas) {
      returnedWei += replica.unearnedWei
      earnedWei += replica.earnedWei
    }
  }
  const replicaBytes = all.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0n)
  return { id, bucketId, replicaCount: all.length, replicaBytes, returnedWei, earnedWei }
}
