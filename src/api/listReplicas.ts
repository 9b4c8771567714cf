import type { ContractRunner } from 'ethers'
import { type Replica, replicaFromView } from './actions/getReplica.ts'
import { type ReplicasContract, replicasContract } from './contracts.ts'
import { read } from './send.ts'

const PAGE = 100n

/** One page of ids, read after one block. */
export type ReadReplicaPage = (
  contract: ReplicasContract,
  offset: bigint,
  limit: bigint,
  options: { blockTag: number },
) => Promise<string[]>

/** Reads a whole list of replicas after one block, so that none is missed when others are released meanwhile. */
export async function listReplicas(
  runner: ContractRunner,
  readPage: ReadReplicaPage,
): Promise<Replica[]> {
  const contract = replicasContract(runner)
  const blockTag = await read(async () => await runner.provider!.getBlockNumber())
  const replicas: Replica[] = []
  for (let offset = 0n; ; offset += PAGE) {
    const ids = await read(() => readPage(contract, offset, PAGE, { blockTag }))
    const views = await read(() =>
      Promise.all(ids.map((id) => contract.replicaOf(id, { blockTag }))),
    )
    replicas.push(...views.map((view, place) => replicaFromView(ids[place]!, view)))
    if (BigInt(ids.length) < PAGE) return replicas
  }
}
