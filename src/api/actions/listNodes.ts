import type { ContractRunner } from 'ethers'
import { nodesContract } from '../contracts.ts'
import { read } from '../send.ts'
import { type FarmerNode, nodeFromView } from './getNode.ts'

const PAGE = 100n

/**
 * All active farmer nodes, or those of one account, in no particular order. All are read after the same block, so
 * that none is missed when another retires meanwhile. Throws `ApiError`.
 */
export async function listNodes(
  runner: ContractRunner,
  { owner }: { owner?: string } = {},
): Promise<FarmerNode[]> {
  const contract = nodesContract(runner)
  const blockTag = await read(async () => await runner.provider!.getBlockNumber())
  const nodes: FarmerNode[] = []
  for (let offset = 0n; ; offset += PAGE) {
    const indexes = await read(() =>
      owner === undefined
        ? contract.activeNodes(offset, PAGE, { blockTag })
        : contract.activeNodesOf(owner, offset, PAGE, { blockTag }),
    )
    const views = await read(() =>
      Promise.all(indexes.map((node) => contract.nodeOf(node, { blockTag }))),
    )
    nodes.push(...views.map((view, place) => nodeFromView(indexes[place]!, view)))
    if (BigInt(indexes.length) < PAGE) return nodes
  }
}
