import type { InspectionRecord } from '../../../api/actions/getInspectionRecord.ts'
import type { NodeTree } from '../../../api/actions/getNodeTree.ts'
import type { KeyValueStore } from '../../../util/keyValueStore.ts'
import type { Logger } from '../../../util/logger.ts'
import type { ChainHead, FarmerChain } from '../chain.ts'
import type { ReplicaStore } from '../replicaStore.ts'
import { createAnswerer } from './answerer.ts'
import { createDueChanges } from './dueChanges.ts'
import { createGroupAnswerer } from './groupAnswerer.ts'
import { createInspectionChain } from './inspectionChain.ts'
import { createInspectionCounts } from './inspectionCounts.ts'
import type { InspectionStatus } from './inspectionStatus.ts'
import { createJoiner } from './joiner.ts'
import { startLoop } from './loop.ts'
import { createOutcomeHistory } from './outcomeHistory.ts'
import { openTreeKeeper } from './treeKeeper.ts'

/** How a farmer takes part in inspections. */
export interface InspectionPolicy {
  /** Milliseconds between two looks for challenges; half a second by default. */
  everyMs?: number
  /** Milliseconds a registered replica waits for others to join with; 2 s by default. */
  joinAfterMs?: number
}

export interface InspectorOptions {
  chain: FarmerChain
  node: bigint
  account: string
  /** The account's, 32 bytes. */
  accountKey: Uint8Array
  store: ReplicaStore
  metadata: KeyValueStore
  logger: Logger
  policy?: InspectionPolicy | undefined
}

/** Proves to the chain what the farmer holds: joins its replicas and answers for them. */
export interface Inspector {
  /** True once the node was discharged. */
  readonly isDischarged: boolean
  /** Whether the chain may still ask for leaves of a replica, though it was released. */
  isNeeded(replicaId: string): boolean
  /** Whether the next inspection pays for time of a replica's term that none has proven yet. */
  mayEarnMore(replicaId: string, endTime: bigint): boolean
  /** Brings the tree of the node up to a block. Throws `ApiError`. */
  follow(head: ChainHead): Promise<void>
  /** Answers, joins and drops what is due now. Throws `ApiError`. */
  check(): Promise<void>
  status(): InspectionStatus
  stop(): Promise<void>
}

const DEFAULT_EVERY_MS = 500
const DEFAULT_JOIN_AFTER_MS = 2_000

/** So many times as often it looks while a challenge is announced or open. */
const HASTE = 4

/** What only the status shows is asked for after an outcome, and this often. */
const LOOK_EVERY_MS = 10_000

export async function startInspector(options: InspectorOptions): Promise<Inspector> {
  const { chain: farmerChain, store, metadata, logger, policy = {} } = options
  const { everyMs = DEFAULT_EVERY_MS, joinAfterMs = DEFAULT_JOIN_AFTER_MS } = policy
  const { chainId, refresh, now } = farmerChain
  const chain = createInspectionChain({ ...options, chain: farmerChain })
  const keeper = await openTreeKeeper({ chain, metadata, logger })
  const counts = createInspectionCounts()
  const due = createDueChanges({ chain, now, keeper, store, joinAfterMs })
  const joiner = createJoiner({ chain, refresh, keeper, due, logger })
  const answerer = createAnswerer({ ...options, chain, refresh, chainId, keeper, counts })
  const groups = createGroupAnswerer({ chain, store, counts, logger })
  const history = createOutcomeHistory({ chain, counts, logger, wasAnswered: answerer.hasAnswered })
  let standing: { tree: NodeTree; record: InspectionRecord; heft: bigint } | undefined
  let lookedAt = Number.NEGATIVE_INFINITY
  let seenHash: string | undefined

  const look = async (head: ChainHead): Promise<void> => {
    const [tree, record, heft] = await Promise.all([
      chain.nodeTree(head.number),
      chain.record(),
      chain.heft(),
    ])
    standing = { tree, record, heft }
    lookedAt = performance.now()
  }

  /** While the chain stands still nothing opens and nothing is settled, so that a look costs one question. */
  let isMoving = true
  const answer = async (): Promise<void> => {
    const isLooking = isMoving || answerer.isBehind
    const [head] = await Promise.all([refresh(), isLooking ? answerer.look() : undefined])
    isMoving = head.hash !== seenHash
    if (!isMoving && !answerer.isBehind) return
    if (!isLooking) await answerer.look()
    await answerer.answer(head)
    const hasNews = await history.follow(head)
    if (hasNews || performance.now() > lookedAt + LOOK_EVERY_MS) await look(head)
    seenHash = head.hash
  }

  /** What takes ordinary transactions, which may take their time. */
  const transact = async (): Promise<void> => {
    if (history.isDischarged) return
    await groups.step(await refresh())
    await joiner.step()
  }

  await answer()
  const answering = startLoop({
    ...{ work: answer, name: 'answering inspections', logger },
    everyMs: () =>
      answerer.isBehind || (isMoving && answerer.challenges.length > 0) ? everyMs / HASTE : everyMs,
  })
  const joining = startLoop({
    ...{ work: transact, name: 'joining replicas', logger },
    everyMs: () => everyMs,
  })
  return {
    get isDischarged() {
      return history.isDischarged
    },
    isNeeded: (id) =>
      (!history.isDischarged && keeper.placeOf(id) !== undefined) || answerer.isAskedFor(id),
    mayEarnMore: (id, endTime) =>
      !history.isDischarged &&
      keeper.placeOf(id) !== undefined &&
      standing !== undefined &&
      standing.tree.lastSettledTime < endTime,
    follow: async (head) => void (await keeper.sync(head)),
    async check() {
      await answering.run()
      await joining.run()
    },
    status: () => ({
      isDischarged: history.isDischarged,
      joinedReplicas: keeper.tree.entryCount,
      joinedLeaves: keeper.tree.totalLeaves,
      waitingReplicas: due.waiting(),
      challenges: answerer.challenges.map(({ id, round, seed, deadlineSlot }) => ({
        ...{ id, deadlineSlot, isOpen: seed !== undefined },
        kind: round === undefined ? 'extra' : 'scheduled',
      })),
      strikes: standing?.tree.strikes ?? 0,
      window: { passes: standing?.record.passes ?? 0, strikes: standing?.record.strikes ?? 0 },
      lastPassedTime: standing?.record.lastPassedTime ?? 0n,
      provenSeconds: standing?.tree.provenSeconds ?? 0n,
      heft: standing?.heft ?? 0n,
      history: [...history.recent],
      totals: counts.read(),
    }),
    async stop() {
      await joining.stop()
      await answering.stop()
    },
  }
}
