import type { Signer } from 'ethers'
import { eventOf } from '../contractEvent.ts'
import { inspectionsContract } from '../contracts.ts'
import { gasLimitFor } from '../gasLimit.ts'
import { type Sent, sendCall, sentOf } from '../send.ts'

export interface ChallengeReplicaOptions {
  /** The replica's id. */
  id: string
  /** What the chain asks for at the moment, in wei; it comes back when the farmer fails. */
  bondWei: bigint
}

export interface ChallengeReplicaResult extends Sent {
  challengeId: bigint
  node: bigint
}

/** Has the farmer of one replica prove it, beside its scheduled challenges (SPEC 4, kind 16). Throws `ApiError`. */
export async function challengeReplica(
  signer: Signer,
  { id, bondWei }: ChallengeReplicaOptions,
): Promise<ChallengeReplicaResult> {
  const contract = inspectionsContract(signer)
  const value = { value: bondWei }
  const sent = await sendCall(async () => {
    const gasLimit = await gasLimitFor(() => contract.challenge.estimateGas(id, value))
    return contract.challenge(id, { ...value, gasLimit })
  })
  const { challengeId, node } = eventOf<{ challengeId: bigint; node: bigint }>(
    sent.receipt,
    contract,
    'ReplicaChallenged',
  )
  return { ...sentOf(sent), challengeId, node }
}
