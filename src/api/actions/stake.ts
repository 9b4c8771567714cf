import type { Signer } from 'ethers'
import { stakingContract } from '../contracts.ts'
import { read, requireBalance, type Sent, sendCall, sentOf } from '../send.ts'

export interface StakeOptions {
  amountWei: bigint
}

export interface StakeResult extends Sent {
  account: string
  amountWei: bigint
  /** The account's whole stake afterwards. */
  stakeWei: bigint
}

/** Turns balance into stake, for oneself (SPEC 4, kind 1). Throws `ApiError`. */
export async function stake(signer: Signer, { amountWei }: StakeOptions): Promise<StakeResult> {
  await requireBalance(signer, amountWei)
  const staking = stakingContract(signer)
  const sent = await sendCall(() => staking.bet({ value: amountWei }))
  const account = await signer.getAddress()
  const stakeWei = await read(() => staking.stakeOf(account))
  return { ...sentOf(sent), account, amountWei, stakeWei }
}
