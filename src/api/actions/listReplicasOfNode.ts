import type { ContractRunner } from 'ethers'
import { listReplicas } from '../listReplicas.ts'
import type { Replica } from './getReplica.ts'

/** All replicas a node holds, in no particular order; ended ones too until they are released. Throws `ApiError`. */
export const listReplicasOfNode = (
  runner: ContractRunner,
  { node }: { node: bigint },
): Promise<Replica[]> =>
  listReplicas(runner, (contract, offset, limit, options) =>
    contract.replicasOfNode(node, offset, limit, options),
  )
