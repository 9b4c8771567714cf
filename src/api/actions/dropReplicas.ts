import type { Signer } from 'ethers'
import { inspectionsContract } from '../contracts.ts'
import { gasLimitFor } from '../gasLimit.ts'
import { type Sent, sendCall, sentOf } from '../send.ts'
import type { TreeChangesOptions } from './joinReplicas.ts'

/** Takes released replicas out of their node's tree (SPEC 4, kind 9). Throws `ApiError`. */
export async function dropReplicas(
  signer: Signer,
  { node, changes }: TreeChangesOptions,
): Promise<Sent> {
  const { drop } = inspectionsContract(signer)
  return sentOf(
    await sendCall(async () =>
      drop(node, changes, { gasLimit: await gasLimitFor(() => drop.estimateGas(node, changes)) }),
    ),
  )
}
