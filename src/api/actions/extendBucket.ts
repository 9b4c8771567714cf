import type { Signer } from 'ethers'
import { eventOf } from '../contractEvent.ts'
import { storageMarketContract } from '../contracts.ts'
import { parseBucketId } from '../parseBucketId.ts'
import { requireBalance, type Sent, sendCall, sentOf } from '../send.ts'
import { type ExtensionRequest, quoteExtension } from './quoteExtension.ts'

export interface ExtendBucketResult extends Sent {
  id: string
  owner: string
  /** Size and end of the bucket afterwards. */
  sizeBytes: bigint
  endTime: bigint
  priceWei: bigint
}

type BucketExtended = Pick<
  ExtendBucketResult,
  'id' | 'owner' | 'sizeBytes' | 'endTime' | 'priceWei'
>

/** Adds size or term to one's bucket at the present price (SPEC 4, kind 6). Throws `ApiError`. */
export async function extendBucket(
  signer: Signer,
  { id, addBytes, addSeconds }: ExtensionRequest,
): Promise<ExtendBucketResult> {
  const bucketId = parseBucketId(id)
  const value = await quoteExtension(signer, { id: bucketId, addBytes, addSeconds })
  await requireBalance(signer, value)
  const market = storageMarketContract(signer)
  const sent = await sendCall(() => market.extendBucket(bucketId, addBytes, addSeconds, { value }))
  return { ...sentOf(sent), ...eventOf<BucketExtended>(sent.receipt, market, 'BucketExtended') }
}
