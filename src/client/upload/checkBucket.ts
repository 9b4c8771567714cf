import { type Bucket, getBucket } from '../../api/actions/getBucket.ts'
import { listBuckets } from '../../api/actions/listBuckets.ts'
import { storageMarketContract } from '../../api/contracts.ts'
import { ApiError } from '../../api/errors.ts'
import { read } from '../../api/send.ts'
import { formatSize } from '../../api/units/size.ts'
import type { FileLayout } from '../../protocol/fileLayout.ts'
import { createReplicaLayout } from '../../protocol/replicaLayout.ts'
import type { ClientContext } from '../context.ts'
import { ClientError } from '../errors.ts'
import { nowSeconds } from '../now.ts'

/** A bucket with room for an upload. */
export interface UploadBucket {
  bucket: Bucket
  /** Bytes of replicas it may still get. */
  freeBytes: bigint
  /** Now, by whichever of the chain and this machine is ahead: so farmers count. Unix seconds. */
  nowSeconds: bigint
}

/**
 * The bucket to upload into: the one named, else a live one of the signer's, where the upload was begun before or
 * with most room. Throws `ClientError`
 * `NO_BUCKET`, `NOT_OWNER`, `TERM_EXPIRED`.
 */
export async function chooseBucket(
  context: ClientContext,
  bucketId: string | undefined,
  isBegunIn: (bucketId: string) => Promise<boolean> = async () => false,
): Promise<UploadBucket> {
  const now = await nowSeconds(context)
  const bucket =
    bucketId === undefined ? await ownLive(context, now, isBegunIn) : await named(context, bucketId)
  if (bucket.endTime <= now) {
    throw new ClientError('TERM_EXPIRED', {
      message: `The term of bucket ${bucket.id} ended at second ${bucket.endTime}`,
      hint: 'Buy a new one with `genaro bucket buy`; an ended bucket cannot be extended.',
      facts: { bucketId: bucket.id, endTime: bucket.endTime },
    })
  }
  const limit = await read(() => storageMarketContract(context.provider).replicaLimitOf(bucket.id))
  return { bucket, freeBytes: limit - bucket.usedBytes, nowSeconds: now }
}

async function named({ provider, account }: ClientContext, id: string): Promise<Bucket> {
  const bucket = await getBucket(provider, { id }).catch((cause: unknown) => {
    if (!(cause instanceof ApiError) || !NO_BUCKET_CODES.has(cause.code)) throw cause
    throw new ClientError('NO_BUCKET', {
      message: `There is no bucket ${id}`,
      hint: HOW_TO_BUY,
      cause,
    })
  })
  if (bucket.owner.toLowerCase() === account) return bucket
  throw new ClientError('NOT_OWNER', {
    message: `Bucket ${id} belongs to ${bucket.owner}, not to ${account}`,
    hint: 'Act for its owner, with --account or GENARO_KEY, or use a bucket of your own.',
    facts: { bucketId: id, owner: bucket.owner, account },
  })
}

const NO_BUCKET_CODES: ReadonlySet<string> = new Set(['NO_SUCH_BUCKET', 'CALL_REVERTED'])

async function ownLive(
  { provider, account }: ClientContext,
  now: bigint,
  isBegunIn: (bucketId: string) => Promise<boolean>,
): Promise<Bucket> {
  const buckets = await listBuckets(provider, { owner: account })
  const live = buckets.filter(({ endTime }) => endTime > now)
  const roomOf = ({ sizeBytes, backups, usedBytes }: Bucket): bigint =>
    sizeBytes * BigInt(backups) - usedBytes
  live.sort((one, other) => (roomOf(other) > roomOf(one) ? 1 : -1))
  const isBegun = await Promise.all(live.map(({ id }) => isBegunIn(id)))
  const best = live.find((_, at) => isBegun[at]) ?? live[0]
  if (best !== undefined) return best
  throw new ClientError('NO_BUCKET', {
    message: `${account} has no bucket to store files in`,
    hint: HOW_TO_BUY,
    facts: { account },
  })
}

const HOW_TO_BUY = 'Buy one, for example with `genaro bucket buy --size 1GB --term 30d`.'

/** Bytes of replicas of a file's content. */
export function contentReplicaBytes(layout: FileLayout): number {
  let total = 0
  for (let index = 0; index < layout.segmentCount; index++) {
    const segment = layout.segment(index)
    for (let shard = 0; shard < segment.shardCount; shard++) {
      const sizeBytes = segment.shardBytes(shard)
      if (sizeBytes > 0) total += createReplicaLayout(sizeBytes).replicaBytes
    }
  }
  return total
}

/** Throws `ClientError` `NO_SPACE` when so many more bytes of replicas do not fit. */
export function expectSpace({ bucket, freeBytes }: UploadBucket, neededBytes: bigint): void {
  if (neededBytes <= freeBytes) return
  throw new ClientError('NO_SPACE', {
    message: `The upload needs ${formatSize(neededBytes)} of replicas, and bucket ${bucket.id} has room for ${formatSize(freeBytes > 0n ? freeBytes : 0n)}`,
    hint: 'Make room with `genaro bucket extend` or `genaro rm`, or buy a larger bucket.',
    facts: { bucketId: bucket.id, neededBytes, freeBytes },
  })
}
