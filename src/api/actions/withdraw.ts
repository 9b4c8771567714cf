import type { Signer } from 'ethers'
import { eventOf } from '../contractEvent.ts'
import { stakingContract } from '../contracts.ts'
import { type Sent, sendCall, sentOf } from '../send.ts'

export interface WithdrawResult extends Sent {
  account: string
  /** What came back to the balance. */
  amountWei: bigint
}

/** Pays out the stake whose unbonding is over (SPEC 4, kind 5). Throws `ApiError`. */
export async function withdraw(signer: Signer): Promise<WithdrawResult> {
  const staking = stakingContract(signer)
  const sent = await sendCall(() => staking.withdraw())
  const { account, amountWei } = eventOf<{ account: string; amountWei: bigint }>(
    sent.receipt,
    staking,
    'Withdrawn',
  )
  return { ...sentOf(sent), account, amountWei }
}
