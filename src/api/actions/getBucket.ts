import type { ContractRunner } from 'ethers'
import { type BucketView, storageMarketContract } from '../contracts.ts'
import { parseBucketId } from '../parseBucketId.ts'
import { read } from '../send.ts'
import { getHeadTime } from './getHeadTime.ts'

/** Bought space. */
export interface Bucket {
  id: string
  owner: string
  sizeBytes: bigint
  usedBytes: bigint
  backups: number
  /** Unix seconds. From `endTime` on contracts read 0 everywhere. */
  startTime: bigint
  endTime: bigint
  /** What is set aside for the farmers that store it. */
  escrowWei: bigint
  /** Whether its end lies after the newest block. */
  live: boolean
}

/** A bucket by its id, ended ones too while they are not cleaned up. Throws `ApiError`. */
export async function getBucket(runner: ContractRunner, { id }: { id: string }): Promise<Bucket> {
  const bucketId = parseBucketId(id)
  const [view, now] = await Promise.all([
    read(() => storageMarketContract(runner).bucketOf(bucketId)),
    getHeadTime(runner),
  ])
  return bucketFromView(bucketId, view, now)
}

export const bucketFromView = (id: string, view: BucketView, now: bigint): Bucket => ({
  id,
  owner: view.owner,
  sizeBytes: view.sizeBytes,
  usedBytes: view.usedBytes,
  backups: Number(view.backups),
  startTime: view.startTime,
  endTime: view.endTime,
  escrowWei: view.escrowWei,
  live: view.endTime > now,
})
