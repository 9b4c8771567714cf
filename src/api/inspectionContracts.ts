import type { BaseContract } from 'ethers'
import type { Send, View } from './contractMethod.ts'

/** One replica that goes into a node's tree or out of it. */
export interface TreeChange {
  /** 32 bytes in hex, as `root` is. */
  replicaId: string
  root: string
  leafCount: number
  place: number
  /** The path of the place from the leaf up: sum (uint64) and hash of each sibling, in hex. */
  siblings: string
}

/** A node's Merkle-sum tree as Inspections tells it. Times are Unix seconds. */
export interface NodeTreeView {
  root: string
  totalLeaves: bigint
  height: bigint
  paidLeaves: bigint
  deadLeaves: bigint
  strikes: bigint
  provenSeconds: bigint
  lastSettledTime: bigint
  /** The scheduled challenge that freezes it; 0 for none. */
  frozenBy: bigint
}

/** A waiting or open challenge as Inspections tells it. */
export interface ChallengeView {
  node: bigint
  /** 0 for an extra challenge. */
  round: bigint
  /** Zeros for a scheduled challenge. */
  replicaId: string
  root: string
  totalLeaves: bigint
  height: bigint
  /** Zeros until it opens. */
  seed: string
  snapshotSlot: bigint
  snapshotBlock: bigint
  deadlineSlot: bigint
  paidLeaves: bigint
  challenger: string
  bondWei: bigint
}

/** A node's last scheduled challenges, at most 24. */
export interface InspectionsView {
  passes: bigint
  strikes: bigint
  /** Unix seconds; 0 when it never passed. */
  lastPassedTime: bigint
}

/** Kinds 9, 10 and 16: farmers' trees, their challenges and answers. */
export interface InspectionsContract extends BaseContract {
  join: Send<[node: bigint, changes: readonly TreeChange[]]>
  drop: Send<[node: bigint, changes: readonly TreeChange[]]>
  challenge: Send<[replicaId: string]>
  withdrawCredit: Send<[]>
  treeOf: View<[node: bigint], NodeTreeView>
  isJoined: View<[replicaId: string], boolean>
  releasedSlotOf: View<[replicaId: string], bigint>
  openChallengeOf: View<[node: bigint], bigint>
  extraChallengesOf: View<[node: bigint], bigint[]>
  challengeOf: View<[challengeId: bigint], ChallengeView>
  inspectionsOf: View<[node: bigint], InspectionsView>
  creditOf: View<[account: string], bigint>
  totalInspections: View<[], bigint>
}

/** What an owner tells of a sentinel group when it asks for it. */
export interface SentinelGroupReveal {
  group: bigint
  /** 32 bytes in hex. */
  salt: string
  /** Where its sentinels are: 1 to 16 leaves of the replica, ascending. */
  positions: readonly bigint[]
  /** Siblings from the group up to the commitment, 32 bytes each in hex. */
  path: readonly string[]
}

/** Kind 16: the owner's sentinel groups, and farmers' answers for them. */
export interface SentinelGroupsContract extends BaseContract {
  commit: Send<[replicaId: string, groupsRoot: string, groupCount: number]>
  challenge: Send<[replicaId: string, reveal: SentinelGroupReveal]>
  answerDigest: Send<[replicaId: string, reveal: SentinelGroupReveal, digest: string]>
  answerLeaves: Send<[replicaId: string, reveal: SentinelGroupReveal, proof: string]>
  settle: Send<[replicaId: string]>
  withdrawCredit: Send<[]>
  /** Reverts when nothing waits for an answer. */
  challengeOf: View<[replicaId: string], { deadlineSlot: bigint }>
  creditOf: View<[account: string], bigint>
}
