/**
 * `genaro/spor`: how a shard becomes a replica for one farmer and is taken out again, and how the chain asks the
 * farmer for leaves of all its replicas, is answered, and checks the answer.
 */
export {
  challengesUntilDischarge,
  dischargeProbability,
  passProbability,
  STRIKE_LIMIT,
} from './detection.ts'
export { SporError, type SporErrorCode } from './errors.ts'
export { extractShard } from './extract.ts'
export { countsForHeft, heftUnits, windowLeaves } from './heft.ts'
export { InspectionError, type InspectionErrorCode } from './inspectionErrors.ts'
export type { LeafProof } from './inspectionProof.ts'
export { extraSeed, scheduledSeed } from './inspectionSeed.ts'
export { type ShardSource, shardInMemory } from './leaves.ts'
export {
  type LeafReader,
  proveInspection,
  proveReplicaInspection,
  sampledReplicas,
} from './proveInspection.ts'
export { leavesOfRange, readShardRange } from './readRange.ts'
export { createReplicaSecrets, type ReplicaSecrets } from './replicaSecrets.ts'
export { fingerprintGroup, REGION_COUNT, samplePositions } from './sampling.ts'
export { locateSentinel, sentinelLeaves } from './sentinel.ts'
export { setUpReplica } from './setup.ts'
export type { TreeEntry } from './sumNode.ts'
export { EMPTY_TREE, pathOfPlace, putEntry, type SumTree, takeEntry } from './sumTree.ts'
export { createSumTree, entriesOf, firstEmptyPlace, locateLeaf } from './treeLookup.ts'
export { verifyInspection, verifyReplicaInspection } from './verifyInspection.ts'
