import type { ContractRunner } from 'ethers'
import { inspectionsContract } from '../contracts.ts'
import type { NodeTreeView } from '../inspectionContracts.ts'
import { read } from '../send.ts'

/** What the chain holds of the Merkle-sum tree over a node's replicas. */
export interface NodeTree {
  /** 32 bytes in hex; zeros when the tree is empty. */
  root: string
  totalLeaves: bigint
  /** It has 2^height places. */
  height: number
  /** Leaves that earn heft. */
  paidLeaves: bigint
  /** Leaves of released replicas that still stand in the tree. */
  deadLeaves: bigint
  /** Failed challenges in a row; the third discharges the node. */
  strikes: number
  /** For so long altogether the node has proven what it holds. */
  provenSeconds: bigint
  /** When its last scheduled challenge was settled, in Unix seconds. */
  lastSettledTime: bigint
  /** The scheduled challenge that waits for an answer and lets nothing join meanwhile. */
  frozenBy: bigint | undefined
}

/** The tree of a node, after a block or the newest; zeros for one that never joined a replica. Throws `ApiError`. */
export async function getNodeTree(
  runner: ContractRunner,
  { node, blockTag = 'latest' }: { node: bigint; blockTag?: number | 'latest' },
): Promise<NodeTree> {
  return treeFromView(await read(() => inspectionsContract(runner).treeOf(node, { blockTag })))
}

const treeFromView = (view: NodeTreeView): NodeTree => ({
  root: view.root,
  totalLeaves: view.totalLeaves,
  height: Number(view.height),
  paidLeaves: view.paidLeaves,
  deadLeaves: view.deadLeaves,
  strikes: Number(view.strikes),
  provenSeconds: view.provenSeconds,
  lastSettledTime: view.lastSettledTime,
  frozenBy: view.frozenBy === 0n ? undefined : view.frozenBy,
})
