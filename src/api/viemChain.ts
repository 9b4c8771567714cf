import { NETWORKS, type NetworkName } from '../protocol/networks.ts'
import { DEFAULT_RPC_URL } from './rpcURL.ts'

/** A chain in the form viem and wagmi take, as plain data: this module needs no viem. */
export interface ViemChain {
  id: number
  name: string
  nativeCurrency: { name: string; symbol: string; decimals: number }
  rpcUrls: { default: { http: [string, ...string[]]; webSocket: [string, ...string[]] } }
  testnet: boolean
}

/** A Genaro network as a viem chain, reached at `rpcURL` over HTTP and WebSocket. */
export function createViemChain(
  name: NetworkName,
  rpcURL: string = DEFAULT_RPC_URL,
  chainId: bigint = NETWORKS[name].chainId,
): ViemChain {
  return {
    id: Number(chainId),
    name: `Genaro ${name}`,
    nativeCurrency: { name: 'Genaro', symbol: 'GNX', decimals: 18 },
    rpcUrls: { default: { http: [rpcURL], webSocket: [rpcURL.replace(/^http/, 'ws')] } },
    testnet: name !== 'mainnet',
  }
}

/** The devnet that `npm start` runs. */
export const genaroDevnet: ViemChain = createViemChain('devnet')
