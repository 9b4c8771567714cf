import { sentinelDetection } from '../../spor/detection.ts'
import type { AuditReply } from '../../storage/shardProtocol/auditReplica.ts'
import type { NodeStanding } from './nodeStanding.ts'

/** What an audit asked for and got, over one replica or all of one farmer. */
export interface AuditTally {
  askedCount: number
  rightCount: number
  wrongCount: number
  /** The farmer says itself that it cannot read them. */
  missingCount: number
  /** Of the sentinels asked for, those that no farmer was asked for before. */
  freshCount: number
}

/** One replica as an audit found it. */
export interface AuditedReplica extends AuditTally {
  id: string
  node: bigint
  /** A copy of the manifest has none of these. */
  segment?: number
  shard?: number
  /**
   * `held`: its farmer knew every sentinel. `damaged`: not every one. `refused`, `silent`, `garbled`: no answer came,
   * or none that is one. `foreign`: what is registered cannot be of this file. `discharged`, `retired`: its node is out.
   */
  verdict: AuditReply['verdict'] | 'foreign' | 'discharged' | 'retired'
  /** Why there was no answer. */
  message?: string
  /** Whether the chain inspects it. */
  isJoined: boolean
  /** It should be joined by now and is not. */
  isJoinOverdue: boolean
}

/** A farmer as an audit found it, with what the chain says of it. */
export interface AuditedFarmer extends NodeStanding, AuditTally {
  replicas: AuditedReplica[]
  /** Of the leaves it holds, by those it answered for; undefined when it answered nothing. */
  estimatedMissingShare: number | undefined
  /** The probability that one without 5 % of its leaves would have answered as well: (1 − 0.05)^q for q fresh ones. */
  passChance: number
  /** What the theorem of Juels and Kaliski says that it is at most, whatever the farmer does. */
  passChanceBound: number
}

/** The loss that `passChance` speaks of. */
export const DOUBTED_SHARE = 0.05

export const sumTallies = (tallies: readonly AuditTally[]): AuditTally => {
  const sum = (key: keyof AuditTally): number =>
    tallies.reduce((total, tally) => total + tally[key], 0)
  return {
    askedCount: sum('askedCount'),
    rightCount: sum('rightCount'),
    wrongCount: sum('wrongCount'),
    missingCount: sum('missingCount'),
    freshCount: sum('freshCount'),
  }
}

/** A farmer's replicas as one report. */
export function reportFarmer(standing: NodeStanding, replicas: AuditedReplica[]): AuditedFarmer {
  const tally = sumTallies(replicas)
  const answered = tally.rightCount + tally.wrongCount + tally.missingCount
  const proven = sumTallies(replicas.filter(({ verdict }) => verdict === 'held')).freshCount
  return {
    ...standing,
    ...tally,
    replicas,
    estimatedMissingShare: answered === 0 ? undefined : 1 - tally.rightCount / answered,
    passChance: (1 - DOUBTED_SHARE) ** proven,
    passChanceBound: 1 - sentinelDetection(DOUBTED_SHARE, proven),
  }
}

/** Whether the replica is one to challenge, or to repair. */
export const isSuspicious = ({ verdict, isJoinOverdue }: AuditedReplica): boolean =>
  verdict !== 'held' || isJoinOverdue
