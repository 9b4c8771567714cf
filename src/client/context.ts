import type { JsonRpcApiProvider, Signer } from 'ethers'
import type { Host } from '../p2p/host.ts'
import type { PeerGrant } from '../storage/shardProtocol/peerGrant.ts'
import type { Logger } from '../util/logger.ts'
import type { FarmerAccount } from './farmerAccount.ts'
import type { FarmerDirectory } from './farmers.ts'
import type { UploadWorkers } from './pipeline/uploadWorkers.ts'

/** The outer code of new files: any `dataShards` of all shards of a segment give it back. */
export interface FileCode {
  dataShards: number
  parityShards: number
}

/** What all of a client's operations work with. */
export interface ClientContext {
  readonly provider: JsonRpcApiProvider
  readonly signer: Signer
  /** The signer's address, lower-case hex. */
  readonly account: string
  readonly chainId: bigint
  readonly masterSeed: Uint8Array
  readonly host: Host
  readonly farmers: FarmerDirectory
  readonly workers: UploadWorkers
  /** Where journals and half-done work are kept. */
  readonly directory: string
  readonly code: FileCode
  /** Most bytes of a shard. */
  readonly maxShardBytes: number
  readonly logger: Logger
  /** Fires when the client is closed. */
  readonly closing: AbortSignal
  /** Our account with a farmer. */
  accountWith(farmer: string): FarmerAccount
  /** The signer's word that this client's peer acts for it. */
  grant(): Promise<PeerGrant>
}

/** The operation's own signal and the client's end, as one. */
export const untilClosed = (
  { closing }: ClientContext,
  signal: AbortSignal | undefined,
): AbortSignal => (signal === undefined ? closing : AbortSignal.any([closing, signal]))
