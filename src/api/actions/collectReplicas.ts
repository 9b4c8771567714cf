import type { Signer } from 'ethers'
import { eventsOf } from '../contractEvent.ts'
import { replicasContract } from '../contracts.ts'
import { gasLimitFor } from '../gasLimit.ts'
import { type Sent, sendCall, sentOf } from '../send.ts'

export interface CollectReplicasResult extends Sent {
  /** What all of them together paid. */
  amountWei: bigint
}

/**
 * Pays the signer what 1 to 64 replicas on its nodes have earned since it last collected (SPEC 4, kind 9). Throws
 * `ApiError`.
 */
export async function collectReplicas(
  signer: Signer,
  { ids }: { ids: readonly string[] },
): Promise<CollectReplicasResult> {
  const contract = replicasContract(signer)
  const sent = await sendCall(async () =>
    contract.collect(ids, { gasLimit: await gasLimitFor(() => contract.collect.estimateGas(ids)) }),
  )
  const collected = eventsOf<{ amountWei: bigint }>(sent.receipt, contract, 'ReplicaCollected')
  const amountWei = collected.reduce((sum, event) => sum + event.amountWei, 0n)
  return { ...sentOf(sent), amountWei }
}
