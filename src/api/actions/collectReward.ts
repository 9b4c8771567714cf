import type { Signer } from 'ethers'
import { eventOf } from '../contractEvent.ts'
import { heftContract } from '../contracts.ts'
import { type Sent, sendCall, sentOf } from '../send.ts'

export interface CollectRewardResult extends Sent {
  amountWei: bigint
}

/** Pays the signer what its heft has brought (SPEC 5). Throws `ApiError`, also when there is nothing to collect. */
export async function collectReward(signer: Signer): Promise<CollectRewardResult> {
  const contract = heftContract(signer)
  const sent = await sendCall(() => contract.collectReward())
  const { amountWei } = eventOf<{ amountWei: bigint }>(sent.receipt, contract, 'RewardCollected')
  return { ...sentOf(sent), amountWei }
}
