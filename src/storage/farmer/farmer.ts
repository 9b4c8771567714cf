import type { InspectionStatus } from './inspection/inspectionStatus.ts'
import type { EarningSource } from './metrics.ts'
import type { ReplicaState } from './replicaRecord.ts'

/** A running farmer. */
export interface Farmer {
  /** Its account, 20 bytes in lower-case hex. */
  readonly account: string
  /** Its node's index on chain. */
  readonly node: bigint
  readonly peerId: string
  /** Multiaddrs with the peer id. */
  addresses(): string[]
  status(): FarmerStatus
  /** Looks at the chain now instead of at the next second. Throws `ApiError`. */
  checkChain(): Promise<void>
  /** Redeems the receipts that are worth it now. */
  redeem(): Promise<void>
  /** Stops serving, redeems what is worth it and closes its files. */
  stop(): Promise<void>
}

/** How a farmer is. Byte counts are of replicas, without their trees. */
export interface FarmerStatus {
  account: string
  node: bigint
  peerId: string
  addresses: string[]
  /** Unix seconds by the chain, as the farmer last saw it. */
  chainTime: bigint
  capacityBytes: number
  /** Taken or promised. */
  usedBytes: number
  freeBytes: number
  priceWeiPerGBDay: bigint
  replicas: Record<ReplicaState | 'damaged', number>
  /** Since it started. */
  receivedBytes: bigint
  servedBytes: bigint
  /** Over all its life, by what was paid for. */
  earnedWei: Record<EarningSource, bigint>
  /** Bytes that receipts stand for and the chain has not paid yet. */
  unredeemedBytes: bigint
  inspections: InspectionStatus
  /** Requests turned away since it started, by code. */
  refusals: Record<string, number>
  /** Peers connected now. */
  peers: number
  uptimeSeconds: number
}
