import type { Signer } from 'ethers'
import { type ReplicaOffer, replicaIdOf } from '../../protocol/replicaContract.ts'
import { replicasContract } from '../contracts.ts'
import { gasLimitFor } from '../gasLimit.ts'
import { type Sent, sendCall, sentOf } from '../send.ts'

/** An offer and the signature of the account that owns the node. */
export interface SignedOffer {
  offer: ReplicaOffer
  /** r, s and v, 65 bytes in hex. */
  signature: string
}

export interface RegisterReplicasOptions {
  /** 1 to 64; all are registered, or none. */
  offers: readonly SignedOffer[]
}

export interface RegisterReplicasResult extends Sent {
  /** In the offers' order. */
  ids: string[]
}

/** Registers replicas in buckets the signer owns or is steward of (SPEC 4, kind 9). Throws `ApiError`. */
export async function registerReplicas(
  signer: Signer,
  { offers }: RegisterReplicasOptions,
): Promise<RegisterReplicasResult> {
  const contract = replicasContract(signer)
  const args = [offers.map(({ offer }) => offer), offers.map(({ signature }) => signature)] as const
  const sent = await sendCall(async () => {
    const gasLimit = await gasLimitFor(() => contract.register.estimateGas(...args))
    return await contract.register(...args, { gasLimit })
  })
  return { ...sentOf(sent), ids: offers.map(({ offer }) => replicaIdOf(offer)) }
}
