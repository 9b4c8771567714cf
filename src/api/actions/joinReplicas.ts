import type { Signer } from 'ethers'
import { inspectionsContract } from '../contracts.ts'
import { gasLimitFor } from '../gasLimit.ts'
import type { TreeChange } from '../inspectionContracts.ts'
import { type Sent, sendCall, sentOf } from '../send.ts'

export interface TreeChangesOptions {
  /** A node of the signer's. */
  node: bigint
  /** 1 to 64, each against the tree that the one before left; all are made, or none. */
  changes: readonly TreeChange[]
}

/**
 * Puts registered replicas into empty places of their node's tree, from when on they are inspected and earn (SPEC 4,
 * kind 9). Throws `ApiError`.
 */
export async function joinReplicas(
  signer: Signer,
  { node, changes }: TreeChangesOptions,
): Promise<Sent> {
  const { join } = inspectionsContract(signer)
  return sentOf(
    await sendCall(async () =>
      join(node, changes, { gasLimit: await gasLimitFor(() => join.estimateGas(node, changes)) }),
    ),
  )
}
