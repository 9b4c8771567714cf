import type { ContractRunner } from 'ethers'
import { storageMarketContract } from '../contracts.ts'
import { read } from '../send.ts'

/** Space to buy. */
export interface SpaceRequest {
  sizeBytes: bigint
  termSeconds: bigint
  /** Copies kept of the data, 1 to 100. */
  backups: number
}

/** What space costs now, in wei. Throws `ApiError`. */
export async function quoteSpace(
  runner: ContractRunner,
  { sizeBytes, termSeconds, backups }: SpaceRequest,
): Promise<bigint> {
  const [priceWei] = await read(() =>
    storageMarketContract(runner).quoteSpace(sizeBytes, termSeconds, backups),
  )
  return priceWei
}
