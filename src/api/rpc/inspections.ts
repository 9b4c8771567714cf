import { bigIntMin } from '@ethereumjs/util'
import { z } from 'zod'
import { method } from './method.ts'
import { address, type Hex, type Quantity, uint64 } from './values.ts'

/** The most events one answer holds, and how many it holds when none are asked for. */
const MAX_EVENTS = 1_000n
const DEFAULT_EVENTS = 100n

const subject = z.union([address, uint64], {
  error: 'expected a node (a number in hexadecimal) or an account (an address)',
})

const options = z
  .strictObject(
    { limit: uint64.default(DEFAULT_EVENTS), toBlock: uint64.optional() },
    { error: 'expected an object with limit and toBlock' },
  )
  .transform(({ limit, toBlock }) => ({
    limit: Number(bigIntMin(limit, MAX_EVENTS)),
    toBlock,
  }))
  .optional()

/** The method that shows how farmers do in their inspections (YP 4.3). */
export const inspections = {
  /**
   * How a node, or every active node of an account, stands with its inspections, and what came of past ones: the last
   * `limit` events up to `toBlock`, the newest first.
   */
  genaro_getInspections: method(
    ['nodeOrAccount', subject],
    ['options', options],
  ).returns<RPCInspections>(),
}

/** Inspections as they stand after the newest block, and their history. */
export interface RPCInspections {
  slot: Quantity
  /** The round the schedule is in; each node is challenged once a round. */
  round: Quantity
  roundStartSlot: Quantity
  roundLengthSlots: Quantity
  nodes: RPCNodeInspections[]
  history: RPCInspectionEvent[]
  /** The history is complete from this block on; null when it is from the first. Earlier events: ask up to the one before. */
  historyFromBlock: Quantity | null
}

/** How one node stands. */
export interface RPCNodeInspections {
  node: Quantity
  owner: Hex
  /** False when it was retired or discharged. */
  active: boolean
  /** Put out for good, for failing too often. */
  discharged: boolean
  /** The owner's heft, of all its nodes together. */
  heft: Quantity
  /** The Merkle-sum tree of what the node holds; sums in leaves of 1,024 bytes. */
  treeRoot: Hex
  treeHeight: Quantity
  totalLeaves: Quantity
  /** Of these, what is paid for well enough to count for heft, and what was released. */
  paidLeaves: Quantity
  deadLeaves: Quantity
  /** Failures since the last pass; the third discharges. */
  strikes: Quantity
  /** Seconds for which its replicas are proven, and so paid. */
  provenSeconds: Quantity
  /** Unix seconds at the end of the last scheduled challenge. */
  lastSettledTime: Quantity
  /** Unix seconds of the last pass; 0 when there was none. */
  lastPassedTime: Quantity
  /** Passes and failures among the last scheduled challenges, at most 24. */
  recentPasses: Quantity
  recentStrikes: Quantity
  /** Paid leaves proven on average over these. */
  windowLeaves: Quantity
  openChallenges: RPCChallenge[]
}

/** A challenge that waits for its seed or its answer. */
export interface RPCChallenge {
  challengeId: Quantity
  /** Null for a scheduled one, which asks for the whole tree. */
  replicaId: Hex | null
  /** Null for an extra one. */
  round: Quantity | null
  /** Null until it opens, two blocks after the snapshot. */
  seed: Hex | null
  snapshotSlot: Quantity
  /** The last slot it can be answered in; later if answers fill their room. Null until it opens. */
  deadlineSlot: Quantity | null
}

/** Something that happened in an inspection. */
export interface RPCInspectionEvent {
  event: 'snapshotted' | 'opened' | 'passed' | 'struck' | 'voided' | 'discharged'
  node: Quantity
  blockNumber: Quantity
  blockTimestamp: Quantity
  slot: Quantity
  transactionHash: Hex
  /** Absent when discharged, 0 for a failure that was shown elsewhere. */
  challengeId?: Quantity
  /** When snapshotted. */
  round?: Quantity
  totalLeaves?: Quantity
  /** When opened: null where the whole tree is asked for. */
  replicaId?: Hex | null
  deadlineSlot?: Quantity
  /** When passed: the paid leaves it counts for. */
  leaves?: Quantity
  /** When struck: failures since the last pass. */
  strikes?: Quantity
  /** When discharged. */
  owner?: Hex
  slashedWei?: Quantity
}
