import type { ContractRunner } from 'ethers'
import { inspectionsContract } from '../contracts.ts'
import { read } from '../send.ts'

/** The ids of the challenges a node waits for or has to answer: the scheduled one, then extra ones. Throws `ApiError`. */
export async function listChallengesOfNode(
  runner: ContractRunner,
  { node }: { node: bigint },
): Promise<bigint[]> {
  const contract = inspectionsContract(runner)
  const [scheduled, extra] = await read(() =>
    Promise.all([contract.openChallengeOf(node), contract.extraChallengesOf(node)]),
  )
  return [scheduled, ...extra].filter((id) => id !== 0n)
}
