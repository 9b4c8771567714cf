import type { Signer } from 'ethers'
import { eventOf } from '../contractEvent.ts'
import { storageMarketContract } from '../contracts.ts'
import { read, requireBalance, type Sent, sendCall, sentOf } from '../send.ts'
import { quoteTraffic } from './quoteTraffic.ts'

export interface BuyTrafficResult extends Sent {
  account: string
  /** What was bought. */
  trafficBytes: bigint
  /** All the account may still download afterwards. */
  creditBytes: bigint
  priceWei: bigint
}

type TrafficBought = Pick<BuyTrafficResult, 'account' | 'trafficBytes' | 'priceWei'>

/** Buys credit for downloads at the present price (SPEC 4, kind 4). Throws `ApiError`. */
export async function buyTraffic(
  signer: Signer,
  { trafficBytes }: { trafficBytes: bigint },
): Promise<BuyTrafficResult> {
  const value = await quoteTraffic(signer, { trafficBytes })
  await requireBalance(signer, value)
  const market = storageMarketContract(signer)
  const sent = await sendCall(() => market.buyTraffic(trafficBytes, { value }))
  const bought = eventOf<TrafficBought>(sent.receipt, market, 'TrafficBought')
  const creditBytes = await read(() => market.trafficOf(bought.account))
  return { ...sentOf(sent), ...bought, creditBytes }
}
