import type { ContractRunner } from 'ethers'
import { read } from '../send.ts'

/** The time of the newest block, in Unix seconds. Throws `ApiError`. */
export async function getHeadTime(runner: ContractRunner): Promise<bigint> {
  const block = await read(async () => await runner.provider!.getBlock('latest'))
  return BigInt(block!.timestamp)
}
