import type { ContractRunner } from 'ethers'
import { inspectionsContract } from '../contracts.ts'
import { read } from '../send.ts'

/** How a node did in its last scheduled challenges, at most 24: what its heft is made of. */
export interface InspectionRecord {
  passes: number
  strikes: number
  /** Unix seconds; undefined when it never passed. */
  lastPassedTime: bigint | undefined
}

/** Throws `ApiError`. */
export async function getInspectionRecord(
  runner: ContractRunner,
  { node }: { node: bigint },
): Promise<InspectionRecord> {
  const { passes, strikes, lastPassedTime } = await read(() =>
    inspectionsContract(runner).inspectionsOf(node),
  )
  return {
    passes: Number(passes),
    strikes: Number(strikes),
    lastPassedTime: lastPassedTime === 0n ? undefined : lastPassedTime,
  }
}
