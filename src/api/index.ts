/** `genaro/api`: typed actions on the system contracts with ethers, and the chain for viem. */

export {
  type SignedTrafficReceipt,
  signTrafficReceipt,
  type TrafficReceipt,
  verifyTrafficReceipt,
} from '../protocol/receipts.ts'
export {
  MAX_REPLICA_BATCH,
  type ReplicaOffer,
  replicaIdOf,
  signReplicaOffer,
  verifyReplicaOffer,
} from '../protocol/replicaContract.ts'
export {
  type AnswerGroupOptions,
  type AnswerGroupResult,
  answerGroup,
} from './actions/answerGroup.ts'
export { type BuySpaceOptions, type BuySpaceResult, buySpace } from './actions/buySpace.ts'
export { type BuyTrafficResult, buyTraffic } from './actions/buyTraffic.ts'
export { type ChallengeGroupOptions, challengeGroup } from './actions/challengeGroup.ts'
export {
  type ChallengeReplicaOptions,
  type ChallengeReplicaResult,
  challengeReplica,
} from './actions/challengeReplica.ts'
export { type CollectReplicasResult, collectReplicas } from './actions/collectReplicas.ts'
export { type CollectRewardResult, collectReward } from './actions/collectReward.ts'
export { type CommitGroupsOptions, commitGroups } from './actions/commitGroups.ts'
export { dropReplicas } from './actions/dropReplicas.ts'
export { type ExtendBucketResult, extendBucket } from './actions/extendBucket.ts'
export { type Account, getAccount } from './actions/getAccount.ts'
export { type Bucket, bucketFromView, getBucket } from './actions/getBucket.ts'
export { type Challenge, getChallenge } from './actions/getChallenge.ts'
export { getHeadTime } from './actions/getHeadTime.ts'
export { getInspectionRecord, type InspectionRecord } from './actions/getInspectionRecord.ts'
export { type FarmerNode, getNode } from './actions/getNode.ts'
export { getNodeTree, type NodeTree } from './actions/getNodeTree.ts'
export { getReplica, type Replica } from './actions/getReplica.ts'
export { getStatus, type Status } from './actions/getStatus.ts'
export { getUnbonding, type Unbonding } from './actions/getUnbonding.ts'
export { joinReplicas, type TreeChangesOptions } from './actions/joinReplicas.ts'
export { listBuckets } from './actions/listBuckets.ts'
export { listChallengesOfNode } from './actions/listChallengesOfNode.ts'
export { listNodes } from './actions/listNodes.ts'
export { listReplicasOfFile } from './actions/listReplicasOfFile.ts'
export { listReplicasOfNode } from './actions/listReplicasOfNode.ts'
export {
  type NameStewardOptions,
  type NameStewardResult,
  nameSteward,
} from './actions/nameSteward.ts'
export { type ExtensionRequest, quoteExtension } from './actions/quoteExtension.ts'
export { quoteSpace, type SpaceRequest } from './actions/quoteSpace.ts'
export { quoteTraffic } from './actions/quoteTraffic.ts'
export {
  type RedeemedTraffic,
  type RedeemTrafficResult,
  redeemTraffic,
} from './actions/redeemTraffic.ts'
export {
  type RegisterKeyOptions,
  type RegisterKeyResult,
  registerKey,
} from './actions/registerKey.ts'
export {
  type RegisterNodeOptions,
  type RegisterNodeResult,
  registerNode,
} from './actions/registerNode.ts'
export {
  type RegisterReplicasOptions,
  type RegisterReplicasResult,
  registerReplicas,
  type SignedOffer,
} from './actions/registerReplicas.ts'
export {
  type ReleasedReplica,
  type ReleaseReplicasResult,
  releaseReplicas,
} from './actions/releaseReplicas.ts'
export { type RetireNodeResult, retireNode } from './actions/retireNode.ts'
export { type StakeOptions, type StakeResult, stake } from './actions/stake.ts'
export { type UnstakeOptions, type UnstakeResult, unstake } from './actions/unstake.ts'
export { type WithdrawResult, withdraw } from './actions/withdraw.ts'
export {
  type BondHolder,
  type WithdrawBondsResult,
  withdrawBonds,
} from './actions/withdrawBonds.ts'
export { type WithdrawCreditResult, withdrawCredit } from './actions/withdrawCredit.ts'
export { ApiError, type ApiErrorCode } from './errors.ts'
export { createViemChain, genaroDevnet, type ViemChain } from './viemChain.ts'
