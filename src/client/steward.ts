import { bytesToHex } from '@ethereumjs/util'
import { getBucket } from '../api/actions/getBucket.ts'
import { listReplicasOfFile } from '../api/actions/listReplicasOfFile.ts'
import { storageMarketContract } from '../api/contracts.ts'
import { read } from '../api/send.ts'
import { isManifestShard } from '../protocol/manifestShard.ts'
import { type ClientContext, untilClosed } from './context.ts'
import { ClientError, throwIfAborted } from './errors.ts'
import { nowSeconds } from './now.ts'
import { copyManifest } from './repair/copyManifest.ts'
import { chooseFarmers, withRepair } from './repair/openRepair.ts'
import { damageOf, repairContent } from './repair/repairContent.ts'
import { createRepairTarget } from './repair/target.ts'
import { NOTHING_DONE, type RepairOptions, type RepairResult, repairResult } from './repair.ts'
import { expectSteward, openGrant } from './stewardGrants.ts'
import type { UploadBucket } from './upload/checkBucket.ts'

/**
 * Repairs a file for its owner, by the grant it gave (SPEC 7): with the seal, permutation and sentinel keys, and none
 * of its content. Readers find the new replicas on chain. Throws `ClientError`: `BAD_GRANT`, `NOT_STEWARD`,
 * `FILE_UNKNOWN`, and as `repairFile` does.
 */
export async function repairAsSteward(
  context: ClientContext,
  grantText: string,
  options: Omit<RepairOptions, 'bucketId'> = {},
): Promise<RepairResult> {
  const signal = untilClosed(context, options.signal)
  throwIfAborted(signal)
  const { shape, segments, ...granted } = await openGrant(context, grantText)
  const bucketId = bytesToHex(granted.bucketId)
  const fileId = bytesToHex(granted.fileId)
  const { account, provider } = context
  await expectSteward(context, bucketId, account)
  const all = await listReplicasOfFile(provider, { bucketId, fileId })
  if (all.length === 0) throw unknownFile(fileId)
  const { sealKey, permutationKey, sentinelKey } = granted
  const secrets = { replicaKeys: { sealKey, permutationKey, sentinelKey } }
  const target = createRepairTarget({ shape, segments }, { fileId, bucketId, secrets, all })
  const place = await standingOf(context, bucketId)
  const { onProgress, random } = options
  return await withRepair(
    context,
    target,
    { place, onProgress, random, signal },
    async (repair) => {
      const copies = repair.held.filter(({ shardIndex }) => isManifestShard(shardIndex)).length
      const isDue =
        repair.gone.length > 0 ||
        repair.state.isResumed ||
        copies <= target.layout.parityShards ||
        damageOf(repair).length > 0
      if (!isDue) return repairResult(repair, NOTHING_DONE, copies)
      await chooseFarmers(repair)
      const { choice } = repair
      const isOther = (farmer: { account: string }): boolean => farmer.account !== account
      repair.choice = { ...choice, farmers: choice.farmers.filter(isOther) }
      const content = await repairContent(repair, { judgesAll: false })
      return repairResult(repair, content, await copyManifest(repair))
    },
  )
}

/** The bucket as the steward finds it. Throws `ClientError` `TERM_EXPIRED`. */
async function standingOf(context: ClientContext, bucketId: string): Promise<UploadBucket> {
  const { provider } = context
  const bucket = await getBucket(provider, { id: bucketId })
  const limit = await read(() => storageMarketContract(provider).replicaLimitOf(bucketId))
  const now = await nowSeconds(context)
  if (bucket.endTime > now) {
    return { bucket, freeBytes: limit - bucket.usedBytes, nowSeconds: now }
  }
  throw new ClientError('TERM_EXPIRED', {
    message: `The term of bucket ${bucketId} ended at second ${bucket.endTime}`,
    hint: 'Nothing can be repaired in it any more.',
    facts: { bucketId, endTime: bucket.endTime },
  })
}

const unknownFile = (fileId: string): ClientError =>
  new ClientError('FILE_UNKNOWN', {
    message: `The chain has no replicas of file ${fileId} any more`,
    hint: 'Its owner removed it; the grant can be deleted.',
    facts: { fileId },
  })
