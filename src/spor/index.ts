/** `genaro/spor`: how a shard becomes a replica for one farmer, and how it is taken out again. */
export { SporError, type SporErrorCode } from './errors.ts'
export { extractShard } from './extract.ts'
export { type ShardSource, shardInMemory } from './leaves.ts'
export { leavesOfRange, readShardRange } from './readRange.ts'
export { createReplicaSecrets, type ReplicaSecrets } from './replicaSecrets.ts'
export { locateSentinel, sentinelLeaves } from './sentinel.ts'
export { setUpReplica } from './setup.ts'
