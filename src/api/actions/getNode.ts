import type { ContractRunner } from 'ethers'
import { type NodeView, nodesContract } from '../contracts.ts'
import { read } from '../send.ts'

/** A farmer node. */
export interface FarmerNode {
  /** The node's index, by which the chain knows it. */
  node: bigint
  /** The account that is paid, and signs its replicas. */
  owner: string
  /** False once it was retired or discharged. */
  active: boolean
  /** When it was discharged for failed inspections, in Unix seconds; undefined for never. */
  dischargedTime: bigint | undefined
  capacityBytes: bigint
  /** What its replicas take, ended ones that nobody released yet included. */
  usedBytes: bigint
  replicaCount: bigint
  /** 32 bytes in hex that commit to where the node is reached; zeros for no commitment. */
  endpointHash: string
  /** The multihash of its libp2p peer id, in hex. */
  peerId: string
}

/** A node by its index, retired ones too. Throws `ApiError`. */
export async function getNode(
  runner: ContractRunner,
  { node }: { node: bigint },
): Promise<FarmerNode> {
  return nodeFromView(node, await read(() => nodesContract(runner).nodeOf(node)))
}

export const nodeFromView = (node: bigint, view: NodeView): FarmerNode => ({
  node,
  owner: view.owner,
  active: view.active,
  dischargedTime: view.discharged ? view.dischargedTime : undefined,
  capacityBytes: view.capacityBytes,
  usedBytes: view.usedBytes,
  replicaCount: view.replicaCount,
  endpointHash: view.endpointHash,
  peerId: view.peerId,
})
