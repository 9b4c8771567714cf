import { type BaseContract, Contract, type ContractRunner } from 'ethers'
import { SYSTEM_CONTRACTS, type SystemContractName } from '../protocol/addresses.ts'
import type { TrafficReceipt } from '../protocol/receipts.ts'
import type { ReplicaOffer } from '../protocol/replicaContract.ts'
import { systemContractInterface } from '../protocol/systemContracts.ts'
import type { Send, View } from './contractMethod.ts'
import type { InspectionsContract, SentinelGroupsContract } from './inspectionContracts.ts'

/** Kinds 1 and 5: stake, candidates and their keys. */
export interface StakingContract extends BaseContract {
  bet: Send<[]>
  registerKey: Send<[blsPublicKey: string, proofOfPossession: string, payee: string]>
  setPayee: Send<[payee: string]>
  resign: Send<[]>
  unstake: Send<[amountWei: bigint]>
  withdraw: Send<[]>
  stakeOf: View<[account: string], bigint>
  totalStake: View<[], bigint>
  lockedStakeOf: View<[account: string], bigint>
  unbondingOf: View<[account: string], [amountWei: bigint, releaseSlot: bigint][]>
  payeeOf: View<[account: string], string>
  keyOf: View<[account: string], string>
  isCandidate: View<[account: string], boolean>
  candidateCount: View<[], bigint>
  candidates: View<[offset: bigint, limit: bigint], string[]>
  proofMessage: View<[account: string, blsPublicKey: string], string>
}

/** A bucket as StorageMarket tells it. Times are Unix seconds. */
export interface BucketView {
  owner: string
  sizeBytes: bigint
  usedBytes: bigint
  startTime: bigint
  endTime: bigint
  backups: bigint
  escrowWei: bigint
}

/** Kinds 3, 4 and 6: bought space and traffic. */
export interface StorageMarketContract extends BaseContract {
  buySpace: Send<
    [tag: string, sizeBytes: bigint, termSeconds: bigint, backups: number, cleanUp: number]
  >
  extendBucket: Send<[id: string, addBytes: bigint, addSeconds: bigint]>
  buyTraffic: Send<[trafficBytes: bigint]>
  redeemTraffic: Send<[receipt: TrafficReceipt, signature: string]>
  withdrawCredit: Send<[]>
  quoteSpace: View<
    [sizeBytes: bigint, termSeconds: bigint, backups: number],
    [priceWei: bigint, bundledTrafficBytes: bigint]
  >
  quoteTraffic: View<[trafficBytes: bigint], bigint>
  quoteExtension: View<
    [id: string, addBytes: bigint, addSeconds: bigint],
    [priceWei: bigint, bundledTrafficBytes: bigint]
  >
  bucketOf: View<[id: string], BucketView>
  replicaLimitOf: View<[id: string], bigint>
  trafficOf: View<[account: string], bigint>
  trafficEscrowOf: View<[account: string], bigint>
  redeemedTrafficOf: View<[buyer: string, farmer: string, channel: bigint], bigint>
  creditOf: View<[account: string], bigint>
  bucketCountOf: View<[owner: string], bigint>
  bucketsOf: View<[owner: string, offset: bigint, limit: bigint], string[]>
}

/** A farmer node as Nodes tells it. */
export interface NodeView {
  owner: string
  active: boolean
  capacityBytes: bigint
  endpointHash: string
  peerId: string
  usedBytes: bigint
  replicaCount: bigint
  discharged: boolean
  /** Unix seconds; 0 for never. */
  dischargedTime: bigint
}

/** Kind 8: farmer nodes. */
export interface NodesContract extends BaseContract {
  register: Send<[peerId: string, capacityBytes: bigint, endpointHash: string]>
  update: Send<[node: bigint, capacityBytes: bigint, endpointHash: string]>
  retire: Send<[node: bigint]>
  nodeOf: View<[node: bigint], NodeView>
  activeNodeCount: View<[], bigint>
  activeNodes: View<[offset: bigint, limit: bigint], bigint[]>
  activeNodeCountOf: View<[owner: string], bigint>
  activeNodesOf: View<[owner: string, offset: bigint, limit: bigint], bigint[]>
}

/** A replica as Replicas tells it. Times are Unix seconds. */
export interface ReplicaView {
  bucketId: string
  fileId: string
  shardIndex: bigint
  node: bigint
  root: string
  leafCount: bigint
  sizeBytes: bigint
  priceWei: bigint
  earnedWei: bigint
  collectedWei: bigint
  startTime: bigint
  endTime: bigint
  joined: boolean
  countsForHeft: boolean
}

/** Kind 9: who holds which replica. */
export interface ReplicasContract extends BaseContract {
  register: Send<[offers: readonly ReplicaOffer[], farmerSignatures: readonly string[]]>
  release: Send<[ids: readonly string[]]>
  collect: Send<[ids: readonly string[]]>
  nameSteward: Send<[bucketId: string, steward: string]>
  stewardOf: View<[bucketId: string], string>
  replicaOf: View<[id: string], ReplicaView>
  isRegistered: View<[id: string], boolean>
  replicaCount: View<[], bigint>
  replicaCountOfFile: View<[bucketId: string, fileId: string], bigint>
  replicasOfFile: View<[bucketId: string, fileId: string, offset: bigint, limit: bigint], string[]>
  replicaCountOfNode: View<[node: bigint], bigint>
  replicasOfNode: View<[node: bigint, offset: bigint, limit: bigint], string[]>
}

/** Storage weight of accounts. */
export interface HeftContract extends BaseContract {
  collectReward: Send<[]>
  rewardOf: View<[account: string], [dueWei: bigint, accruedWei: bigint]>
  heftOf: View<[account: string], bigint>
  totalHeft: View<[], bigint>
}

/** Slots and past values of the beacon. */
export interface BeaconContract extends BaseContract {
  currentSlot: View<[], bigint>
  currentEpoch: View<[], bigint>
}

/** The protocol's adjustable numbers. */
export interface ParamsContract extends BaseContract {
  spacePriceWei: View<[], bigint>
  trafficPriceWei: View<[], bigint>
  minimumStakeWei: View<[], bigint>
  epochLengthSlots: View<[], bigint>
}

/** A binding's constructor: reads with a provider, sends with a signer. */
const binding =
  <Binding>(name: SystemContractName) =>
  (runner: ContractRunner): Binding =>
    new Contract(SYSTEM_CONTRACTS[name], systemContractInterface(name), runner) as Binding

export const stakingContract = binding<StakingContract>('Staking')
export const storageMarketContract = binding<StorageMarketContract>('StorageMarket')
export const nodesContract = binding<NodesContract>('Nodes')
export const replicasContract = binding<ReplicasContract>('Replicas')
export const inspectionsContract = binding<InspectionsContract>('Inspections')
export const sentinelGroupsContract = binding<SentinelGroupsContract>('SentinelGroups')
export const heftContract = binding<HeftContract>('Heft')
export const beaconContract = binding<BeaconContract>('Beacon')
export const paramsContract = binding<ParamsContract>('Params')
