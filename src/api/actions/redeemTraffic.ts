import type { Signer } from 'ethers'
import type { SignedTrafficReceipt } from '../../protocol/receipts.ts'
import { eventOf } from '../contractEvent.ts'
import { storageMarketContract } from '../contracts.ts'
import { type Sent, sendCall, sentOf } from '../send.ts'

/** What a receipt paid. */
export interface RedeemedTraffic {
  buyer: string
  /** Who was paid. */
  farmer: string
  channel: bigint
  redeemedBytes: bigint
  /** What the buyer's traffic did not cover; the same receipt redeems it once there is more. */
  refusedBytes: bigint
  amountWei: bigint
}

export interface RedeemTrafficResult extends Sent, RedeemedTraffic {}

/** Redeems a buyer's receipt for the farmer it names (SPEC 4, kind 4). Throws `ApiError`. */
export async function redeemTraffic(
  signer: Signer,
  { receipt: { signature, ...receipt } }: { receipt: SignedTrafficReceipt },
): Promise<RedeemTrafficResult> {
  const market = storageMarketContract(signer)
  const sent = await sendCall(() => market.redeemTraffic(receipt, signature))
  return { ...sentOf(sent), ...eventOf<RedeemedTraffic>(sent.receipt, market, 'TrafficRedeemed') }
}
