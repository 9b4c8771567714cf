import { createHash } from 'node:crypto'
import type { JsonRpcApiProvider } from 'ethers'
import { read } from '../api/send.ts'

/**
 * A name for this very chain, for what is kept on disk about it. Development networks begin again with the same genesis,
 * and receipts and journals of one mean harm on the next: their first blocks tell them apart. Undefined
 * while there is none.
 */
export async function chainInstance(
  provider: JsonRpcApiProvider,
  chainId: bigint,
): Promise<string | undefined> {
  const [genesis, first] = await Promise.all([
    read(() => provider.getBlock(0)),
    read(() => provider.getBlock(1)),
  ])
  if (!genesis?.hash || !first?.hash) return undefined
  const digest = createHash('sha256').update(`${chainId} ${genesis.hash} ${first.hash}`)
  return `${chainId}-${digest.digest('hex').slice(0, 16)}`
}
