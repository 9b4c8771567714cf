import { z } from 'zod'
import { blockReference } from './blockReference.ts'
import { inspections } from './inspections.ts'
import { method } from './method.ts'
import { address, type Hex, hash, type Quantity, uint64 } from './values.ts'

const block = ['block', blockReference] as const
const account = ['address', address] as const
const owner = ['owner', address] as const

/** The most items one page of a list holds. */
const MAX_PAGE = 100n

const page = z
  .object(
    { offset: uint64.default(0n), limit: uint64.default(MAX_PAGE) },
    { error: 'expected a page: an object with offset and limit' },
  )
  .transform(({ offset, limit }) => ({ offset, limit: limit < MAX_PAGE ? limit : MAX_PAGE }))
  .optional()

/** Whose replicas: a file's in one bucket, or a node's. */
const replicaFilter = z.union(
  [z.strictObject({ bucketId: hash, fileId: hash }), z.strictObject({ node: uint64 })],
  { error: 'expected a filter: an object with bucketId and fileId, or with node' },
)

/** The methods that read what the system contracts hold, after any block. */
export const genaro = {
  /** Which network this is, and what it holds in all. */
  genaro_getNetwork: method(block).returns<RPCNetwork>(),
  genaro_getSlot: method(block).returns<Quantity>(),
  genaro_getPrices: method(block).returns<RPCPrices>(),
  genaro_getStake: method(account, block).returns<RPCStake>(),
  genaro_getHeft: method(account, block).returns<Quantity>(),
  genaro_getCandidates: method(block, ['page', page]).returns<Hex[]>(),
  /** Null when there is no such bucket, or none any more. */
  genaro_getBucket: method(['id', hash], block).returns<RPCBucket | null>(),
  genaro_getBuckets: method(owner, block, ['page', page]).returns<RPCBucket[]>(),
  /** Traffic left, in bytes. */
  genaro_getTraffic: method(account, block).returns<Quantity>(),
  /** The active nodes of an account, or of all when none is named. */
  genaro_getNodes: method(['address', address.optional()], block, ['page', page]).returns<
    RPCNode[]
  >(),
  /** Null when no such replica was registered, or it was released. */
  genaro_getReplica: method(['id', hash], block).returns<RPCReplica | null>(),
  genaro_getReplicas: method(['filter', replicaFilter], block, ['page', page]).returns<
    RPCReplica[]
  >(),
  /** Multiaddrs with peer ids of farmers through which the storage network is joined. */
  genaro_getPeers: method().returns<string[]>(),
  ...inspections,
}

/** A network and its totals. */
export interface RPCNetwork {
  name: string
  chainId: Quantity
  slot: Quantity
  epoch: Quantity
  epochLengthSlots: Quantity
  totalStakeWei: Quantity
  totalHeft: Quantity
  candidateCount: Quantity
  bucketCount: Quantity
  nodeCount: Quantity
  replicaCount: Quantity
  /** Paid bytes proven by farmers' answers since genesis. */
  totalInspections: Quantity
  /** How often a node is inspected: once in so many slots, or in as many as there are nodes. */
  inspectionPeriodSlots: Quantity
  /** How long a farmer has to answer. */
  inspectionAnswerSlots: Quantity
}

/** Prices and limits as they stand in the Params contract. */
export interface RPCPrices {
  /** Per GB (1e9 bytes), day and backup. */
  spacePriceWei: Quantity
  /** Per GB (1e9 bytes). */
  trafficPriceWei: Quantity
  burnShareBasisPoints: Quantity
  bundledDownloadsPerYear: Quantity
  minimumStakeWei: Quantity
  /** Bytes of replicas per bought byte and backup. */
  expansionBasisPoints: Quantity
}

/** An account's stake and standing as a candidate. */
export interface RPCStake {
  stakeWei: Quantity
  lockedWei: Quantity
  unbonding: { amountWei: Quantity; releaseSlot: Quantity }[]
  isCandidate: boolean
  /** Where block rewards go. */
  payee: Hex
  /** Empty when no BLS key is registered. */
  blsPublicKey: Hex
}

/** Bought space. */
export interface RPCBucket {
  id: Hex
  owner: Hex
  sizeBytes: Quantity
  usedBytes: Quantity
  startTime: Quantity
  endTime: Quantity
  backups: Quantity
  escrowWei: Quantity
}

/** A farmer node. */
export interface RPCNode {
  node: Quantity
  owner: Hex
  active: boolean
  capacityBytes: Quantity
  endpointHash: Hex
  peerId: Hex
  /** What its replicas take. */
  usedBytes: Quantity
  replicaCount: Quantity
  /** Put out for good, for failing too many inspections. */
  discharged: boolean
  /** Unix seconds; 0 for never. */
  dischargedTime: Quantity
}

/** A shard sealed for one farmer node, under contract. Times are Unix seconds. */
export interface RPCReplica {
  id: Hex
  bucketId: Hex
  fileId: Hex
  /** 256 × segment + shard. */
  shardIndex: Quantity
  node: Quantity
  root: Hex
  leafCount: Quantity
  sizeBytes: Quantity
  /** For the whole term. */
  priceWei: Quantity
  earnedWei: Quantity
  collectedWei: Quantity
  startTime: Quantity
  endTime: Quantity
}
