import type { ContractRunner } from 'ethers'
import { storageMarketContract } from '../contracts.ts'
import { read } from '../send.ts'
import { type Bucket, bucketFromView } from './getBucket.ts'
import { getHeadTime } from './getHeadTime.ts'

const PAGE = 100n

/** All buckets of an account, those that ended and are not cleaned up included. Throws `ApiError`. */
export async function listBuckets(
  runner: ContractRunner,
  { owner }: { owner: string },
): Promise<Bucket[]> {
  const market = storageMarketContract(runner)
  const now = await getHeadTime(runner)
  const buckets: Bucket[] = []
  for (let offset = 0n; ; offset += PAGE) {
    const ids = await read(() => market.bucketsOf(owner, offset, PAGE))
    const views = await read(() => Promise.all(ids.map((id) => market.bucketOf(id))))
    buckets.push(...views.map((view, place) => bucketFromView(ids[place]!, view, now)))
    if (BigInt(ids.length) < PAGE) return buckets
  }
}
