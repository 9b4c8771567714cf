import type { ContractRunner } from 'ethers'
import { paramsContract, stakingContract } from '../contracts.ts'
import { read } from '../send.ts'

/** Stake on its way back to the balance. */
export interface Unbonding {
  amountWei: bigint
  /** The first slot and its epoch in which it can be withdrawn. */
  releaseSlot: bigint
  releaseEpoch: bigint
}

/** What of an account's stake is unbonding, oldest first. Throws `ApiError`. */
export async function getUnbonding(
  runner: ContractRunner,
  { account }: { account: string },
): Promise<Unbonding[]> {
  const [list, epochLength] = await read(() =>
    Promise.all([
      stakingContract(runner).unbondingOf(account),
      paramsContract(runner).epochLengthSlots(),
    ]),
  )
  return list.map(([amountWei, releaseSlot]) => ({
    amountWei,
    releaseSlot,
    releaseEpoch: releaseSlot / epochLength,
  }))
}
