import type { OutcomeEvent } from './inspectionChain.ts'
import type { InspectionTotals } from './inspectionCounts.ts'

/** How a farmer's node stands with the chain's inspections. */
export interface InspectionStatus {
  /** True once the node failed too often: its stake was slashed, and nobody stores with it. */
  isDischarged: boolean
  /** Replicas in the node's tree, and their leaves of 1 KiB. */
  joinedReplicas: number
  joinedLeaves: bigint
  /** Registered replicas that are not in the tree, and earn nothing yet. */
  waitingReplicas: number
  /** What the chain waits for, or announced. */
  challenges: {
    id: bigint
    kind: 'scheduled' | 'extra'
    isOpen: boolean
    /** 0 until it opens. */
    deadlineSlot: bigint
  }[]
  /** Failed challenges in a row; the third discharges the node. */
  strikes: number
  /** Of the last scheduled challenges, at most 24. */
  window: { passes: number; strikes: number }
  /** Unix seconds; 0 when it never passed. */
  lastPassedTime: bigint
  /** Seconds for which the node has proven what it holds. */
  provenSeconds: bigint
  /** Storage weight of the account. */
  heft: bigint
  /** The newest outcomes first. */
  history: OutcomeEvent[]
  /** Since the farmer started. */
  totals: InspectionTotals
}
