import type { Signer } from 'ethers'
import { eventOf } from '../contractEvent.ts'
import { inspectionsContract, sentinelGroupsContract } from '../contracts.ts'
import { type Sent, sendCall, sentOf } from '../send.ts'

/** Where challengers leave bonds. */
export type BondHolder = 'Inspections' | 'SentinelGroups'

/** The contracts that hold bonds, by their names. */
export const bondContracts = {
  Inspections: inspectionsContract,
  SentinelGroups: sentinelGroupsContract,
} as const

export interface WithdrawBondsResult extends Sent {
  amountWei: bigint
}

/** Pays the signer the bonds that it won by answering, or that came back to it. Throws `ApiError`. */
export async function withdrawBonds(
  signer: Signer,
  { holder }: { holder: BondHolder },
): Promise<WithdrawBondsResult> {
  const contract = bondContracts[holder](signer)
  const sent = await sendCall(() => contract.withdrawCredit())
  const { amountWei } = eventOf<{ amountWei: bigint }>(sent.receipt, contract, 'CreditWithdrawn')
  return { ...sentOf(sent), amountWei }
}
