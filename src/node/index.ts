/** `genaro/node`: a development network in this process, and its JSON-RPC server. */

export { DevnetError } from './devnet/errors.ts'
export { createDevnet, type DevnetOptions } from './devnet.ts'
export type { ChainNode, DevnetControl, UnlockedAccount } from './node.ts'
export { PoolError, type PoolErrorCode } from './pool/errors.ts'
export { createRPCServer } from './rpc/server.ts'
