import type { Signer } from 'ethers'
import { sentinelGroupsContract } from '../contracts.ts'
import { gasLimitFor } from '../gasLimit.ts'
import type { SentinelGroupReveal } from '../inspectionContracts.ts'
import { type Sent, sendCall, sentOf } from '../send.ts'

export interface ChallengeGroupOptions {
  /** The replica's id; its bucket is the signer's. */
  id: string
  reveal: SentinelGroupReveal
  /** What the chain asks for at the moment, in wei; it comes back when the farmer stays silent. */
  bondWei: bigint
}

/** Asks a farmer for one sentinel group, which can be asked for once (SPEC 6, kind 16). Throws `ApiError`. */
export async function challengeGroup(
  signer: Signer,
  { id, reveal, bondWei }: ChallengeGroupOptions,
): Promise<Sent> {
  const contract = sentinelGroupsContract(signer)
  const value = { value: bondWei }
  const sent = await sendCall(async () => {
    const gasLimit = await gasLimitFor(() => contract.challenge.estimateGas(id, reveal, value))
    return contract.challenge(id, reveal, { ...value, gasLimit })
  })
  return sentOf(sent)
}
