import type { Signer } from 'ethers'
import { eventsOf } from '../contractEvent.ts'
import { replicasContract } from '../contracts.ts'
import { gasLimitFor } from '../gasLimit.ts'
import { type Sent, sendCall, sentOf } from '../send.ts'

/** What became of a released replica's price. */
export interface ReleasedReplica {
  id: string
  /** The farmer's, all that it collected before included. */
  earnedWei: bigint
  /** What went back to the bucket's escrow. */
  unearnedWei: bigint
}

export interface ReleaseReplicasResult extends Sent {
  replicas: ReleasedReplica[]
}

/**
 * Ends 1 to 64 replicas: running ones as owner or steward of their bucket, ended ones as anyone (SPEC 4, kind 9).
 * Throws `ApiError`.
 */
export async function releaseReplicas(
  signer: Signer,
  { ids }: { ids: readonly string[] },
): Promise<ReleaseReplicasResult> {
  const contract = replicasContract(signer)
  const sent = await sendCall(async () => {
    const gasLimit = await gasLimitFor(() => contract.release.estimateGas(ids))
    return await contract.release(ids, { gasLimit })
  })
  const replicas = eventsOf<ReleasedReplica>(sent.receipt, contract, 'ReplicaReleased')
  return {
    ...sentOf(sent),
    replicas: replicas.map(({ id, earnedWei, unearnedWei }) => ({ id, earnedWei, unearnedWei })),
  }
}
