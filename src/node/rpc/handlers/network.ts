import { keccak_256 } from '@noble/hashes/sha3.js'
import { rpcSchema } from '../../../api/rpc/schema.ts'
import type { ChainNode } from '../../node.ts'
import { toHex, toQuantity } from '../format/hex.ts'
import type { Handlers } from '../handler.ts'

type Names =
  | 'eth_chainId'
  | 'eth_protocolVersion'
  | 'eth_syncing'
  | 'net_version'
  | 'net_listening'
  | 'net_peerCount'
  | 'web3_clientVersion'
  | 'web3_sha3'
  | 'rpc_modules'
  | 'debug_getBadBlocks'
  | 'genaro_getPeers'

/** The version of the Ethereum wire protocol that clients expect to read; nothing here depends on it. */
const PROTOCOL_VERSION = 68

/** Which network and which software this is. */
export function createNetworkHandlers({
  chain,
  clientVersion,
  devnet,
  storagePeers,
}: ChainNode): Handlers<Names> {
  const chainId = toQuantity(chain.network.chainId)
  return {
    eth_chainId: () => chainId,
    eth_protocolVersion: () => toQuantity(PROTOCOL_VERSION),
    eth_syncing: () => false,
    net_version: () => chain.network.chainId.toString(),
    net_listening: () => true,
    net_peerCount: () => '0x0',
    web3_clientVersion: () => clientVersion,
    web3_sha3: ([data]) => toHex(keccak_256(data)),
    rpc_modules: () => modules(devnet !== undefined),
    debug_getBadBlocks: () => [],
    genaro_getPeers: () => [...storagePeers()],
  }
}

const DEVNET_MODULES = new Set(['evm', 'hardhat', 'personal'])

const modules = (isDevnet: boolean): Record<string, string> =>
  Object.fromEntries(
    Object.keys(rpcSchema)
      .map((method) => method.slice(0, method.indexOf('_')))
      .filter((module) => isDevnet || !DEVNET_MODULES.has(module))
      .map((module) => [module, '1.0']),
  )
