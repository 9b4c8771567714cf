import type { Signer } from 'ethers'
import { eventOf } from '../contractEvent.ts'
import { nodesContract } from '../contracts.ts'
import { type Sent, sendCall, sentOf } from '../send.ts'

export interface RegisterNodeOptions {
  /** The node's libp2p peer id, 1 to 64 bytes in hex. */
  peerId: string
  capacityBytes: bigint
  /** 32 bytes in hex that commit to where the node is reached. */
  endpointHash: string
}

export interface RegisterNodeResult extends Sent {
  /** The node's index, by which the chain knows it. */
  node: bigint
  owner: string
}

/** Registers a farmer node, which locks the minimum stake (SPEC 4, kind 8). Throws `ApiError`. */
export async function registerNode(
  signer: Signer,
  { peerId, capacityBytes, endpointHash }: RegisterNodeOptions,
): Promise<RegisterNodeResult> {
  const nodes = nodesContract(signer)
  const sent = await sendCall(() => nodes.register(peerId, capacityBytes, endpointHash))
  const { node, owner } = eventOf<{ node: bigint; owner: string }>(
    sent.receipt,
    nodes,
    'NodeRegistered',
  )
  return { ...sentOf(sent), node, owner }
}
