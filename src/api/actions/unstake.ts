import type { Signer } from 'ethers'
import { stakingContract } from '../contracts.ts'
import { read, type Sent, sendCall, sentOf } from '../send.ts'
import { getUnbonding, type Unbonding } from './getUnbonding.ts'

export interface UnstakeOptions {
  amountWei: bigint
}

export interface UnstakeResult extends Sent {
  account: string
  amountWei: bigint
  /** The stake that remains. */
  stakeWei: bigint
  /** All that is on its way back to the balance, this amount included. */
  unbonding: Unbonding[]
}

/** Begins to take stake back (SPEC 4, kind 5): it stays slashable until it can be withdrawn. Throws `ApiError`. */
export async function unstake(
  signer: Signer,
  { amountWei }: UnstakeOptions,
): Promise<UnstakeResult> {
  const staking = stakingContract(signer)
  const sent = await sendCall(() => staking.unstake(amountWei))
  const account = await signer.getAddress()
  const [stakeWei, unbonding] = await Promise.all([
    read(() => staking.stakeOf(account)),
    getUnbonding(signer, { account }),
  ])
  return { ...sentOf(sent), account, amountWei, stakeWei, unbonding }
}
