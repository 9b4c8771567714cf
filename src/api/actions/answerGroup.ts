import type { Signer } from 'ethers'
import { sentinelGroupsContract } from '../contracts.ts'
import { ApiError } from '../errors.ts'
import { gasLimitFor } from '../gasLimit.ts'
import type { SentinelGroupReveal } from '../inspectionContracts.ts'
import { type Sent, sendCall, sentOf } from '../send.ts'

export interface AnswerGroupOptions {
  /** The replica's id. */
  id: string
  /** What the challenge revealed. */
  reveal: SentinelGroupReveal
  /** keccak256 of the leaves asked for, one after the other, in hex. */
  digest: string
  /** Those leaves and the hashes up to the replica's root, in hex. */
  proof: string
}

export interface AnswerGroupResult extends Sent {
  /** True when the owner's commitment was false, and the leaves had to show it. */
  isOwnerAtFault: boolean
}

/**
 * Answers for a sentinel group: with the digest, or with the leaves themselves where the digest is not what the owner
 * committed to (SPEC 6, kind 16). Throws `ApiError`.
 */
export async function answerGroup(
  signer: Signer,
  { id, reveal, digest, proof }: AnswerGroupOptions,
): Promise<AnswerGroupResult> {
  const contract = sentinelGroupsContract(signer)
  try {
    const sent = await sendCall(async () => {
      const estimate = () => contract.answerDigest.estimateGas(id, reveal, digest)
      return contract.answerDigest(id, reveal, digest, { gasLimit: await gasLimitFor(estimate) })
    })
    return { ...sentOf(sent), isOwnerAtFault: false }
  } catch (error) {
    if (!(error instanceof ApiError && error.facts.error === 'DigestMismatch')) throw error
  }
  const sent = await sendCall(async () => {
    const estimate = () => contract.answerLeaves.estimateGas(id, reveal, proof)
    return contract.answerLeaves(id, reveal, proof, { gasLimit: await gasLimitFor(estimate) })
  })
  return { ...sentOf(sent), isOwnerAtFault: true }
}
