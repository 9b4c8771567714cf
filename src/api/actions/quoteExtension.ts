import type { ContractRunner } from 'ethers'
import { storageMarketContract } from '../contracts.ts'
import { parseBucketId } from '../parseBucketId.ts'
import { read } from '../send.ts'

/** What to add to a bucket; at least one of both is above zero. */
export interface ExtensionRequest {
  id: string
  addBytes: bigint
  addSeconds: bigint
}

/**
 * What an extension costs now, in wei. The price falls as the bucket's end comes nearer, and rises to that of a
 * new bucket once it has passed. Throws `ApiError`.
 */
export async function quoteExtension(
  runner: ContractRunner,
  { id, addBytes, addSeconds }: ExtensionRequest,
): Promise<bigint> {
  const [priceWei] = await read(() =>
    storageMarketContract(runner).quoteExtension(parseBucketId(id), addBytes, addSeconds),
  )
  return priceWei
}
