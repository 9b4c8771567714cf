import type { Signer, TransactionReceipt } from 'ethers'
import { eventOf } from '../contractEvent.ts'
import { storageMarketContract } from '../contracts.ts'
import { read, requireBalance, type Sent, sendCall, sentOf } from '../send.ts'
import { parseTag, randomTag } from '../tag.ts'
import { quoteSpace, type SpaceRequest } from './quoteSpace.ts'

export interface BuySpaceOptions extends SpaceRequest {
  /** A name of at most 12 bytes, or 0x and 24 digits; random when absent. */
  tag?: string | undefined
  /** Records of ended buckets to look for and remove on the way, at most 16. */
  cleanUp?: number
}

export interface BuySpaceResult extends Sent {
  /** What contracts and other actions know the bucket by. */
  id: string
  owner: string
  sizeBytes: bigint
  termSeconds: bigint
  backups: number
  /** Unix seconds. */
  startTime: bigint
  endTime: bigint
  priceWei: bigint
}

type SpaceBought = Pick<BuySpaceResult, 'id' | 'owner' | 'sizeBytes' | 'termSeconds' | 'priceWei'>

/** Buys a bucket at the present price (SPEC 4, kind 3). Throws `ApiError`. */
export async function buySpace(
  signer: Signer,
  { sizeBytes, termSeconds, backups, tag, cleanUp = 0 }: BuySpaceOptions,
): Promise<BuySpaceResult> {
  const tagBytes = tag === undefined ? randomTag() : parseTag(tag)
  const value = await quoteSpace(signer, { sizeBytes, termSeconds, backups })
  await requireBalance(signer, value)
  const market = storageMarketContract(signer)
  const sent = await sendCall(() =>
    market.buySpace(tagBytes, sizeBytes, termSeconds, backups, cleanUp, { value }),
  )
  const bought = eventOf<SpaceBought>(sent.receipt, market, 'SpaceBought')
  const startTime = await blockTime(sent.receipt)
  const endTime = startTime + bought.termSeconds
  return { ...sentOf(sent), ...bought, backups, startTime, endTime }
}

const blockTime = async (receipt: TransactionReceipt): Promise<bigint> =>
  BigInt((await read(() => receipt.getBlock())).timestamp)
