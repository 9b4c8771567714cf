import type { Signer } from 'ethers'
import { nodesContract } from '../contracts.ts'
import { type Sent, sendCall, sentOf } from '../send.ts'

export interface RetireNodeResult extends Sent {
  node: bigint
}

/** Retires one of the sender's farmer nodes and frees the stake locked for it (SPEC 4, kind 8). Throws `ApiError`. */
export async function retireNode(
  signer: Signer,
  { node }: { node: bigint },
): Promise<RetireNodeResult> {
  const sent = await sendCall(() => nodesContract(signer).retire(node))
  return { ...sentOf(sent), node }
}
