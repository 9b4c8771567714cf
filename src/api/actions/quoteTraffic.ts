import type { ContractRunner } from 'ethers'
import { storageMarketContract } from '../contracts.ts'
import { read } from '../send.ts'

/** What traffic costs now, in wei. Throws `ApiError`. */
export const quoteTraffic = async (
  runner: ContractRunner,
  { trafficBytes }: { trafficBytes: bigint },
): Promise<bigint> => await read(() => storageMarketContract(runner).quoteTraffic(trafficBytes))
