import type { Signer } from 'ethers'
import { eventOf } from '../contractEvent.ts'
import { storageMarketContract } from '../contracts.ts'
import { type Sent, sendCall, sentOf } from '../send.ts'

export interface WithdrawCreditResult extends Sent {
  account: string
  amountWei: bigint
}

/** Pays out what was left in the escrow of the sender's ended buckets. Throws `ApiError`. */
export async function withdrawCredit(signer: Signer): Promise<WithdrawCreditResult> {
  const market = storageMarketContract(signer)
  const sent = await sendCall(() => market.withdrawCredit())
  const { account, amountWei } = eventOf<{ account: string; amountWei: bigint }>(
    sent.receipt,
    market,
    'CreditWithdrawn',
  )
  return { ...sentOf(sent), account, amountWei }
}
