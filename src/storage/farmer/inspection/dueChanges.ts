import { MAX_REPLICA_BATCH } from '../../../protocol/replicaContract.ts'
import type { FarmerChain } from '../chain.ts'
import type { ReplicaRecord } from '../replicaRecord.ts'
import type { ReplicaStore } from '../replicaStore.ts'
import type { InspectionChain } from './inspectionChain.ts'
import type { TreeKeeper } from './treeKeeper.ts'

/** Knows which replicas should go into the node's tree, and which out of it. */
export interface DueChanges {
  /** How many registered replicas are not joined. */
  waiting(): number
  /** What to join now, longest waiting first; nothing while others may still come along. */
  joins(limit: number): ReplicaRecord[]
  /** Puts replicas behind all others: what is refused should not keep them out. */
  postpone(records: readonly ReplicaRecord[]): void
  /** Places of replicas that the chain has released; only such may be dropped. Throws `ApiError`. */
  drops(limit: number): Promise<number[]>
}

export interface DueChangesOptions {
  chain: Pick<InspectionChain, 'releasedSlot'>
  now: FarmerChain['now']
  keeper: Pick<TreeKeeper, 'placeOf' | 'joined'>
  store: Pick<ReplicaStore, 'list' | 'get' | 'isDamaged'>
  /** Milliseconds a replica waits for others to share its transaction. */
  joinAfterMs: number
}

/** How often the chain is asked about a joined replica of which we do not know whether it was released. */
const ASK_EVERY_MS = 60_000

export function createDueChanges(options: DueChangesOptions): DueChanges {
  const { chain, now, keeper, store, joinAfterMs } = options
  const waitingSince = new Map<string, number>()
  const askedAt = new Map<string, number>()

  /** A damaged replica would only bring strikes. */
  const isJoinable = ({ id, state, offer }: ReplicaRecord): boolean =>
    state === 'registered' &&
    keeper.placeOf(id) === undefined &&
    !store.isDamaged(id) &&
    offer.endTime > now()

  const mayBeReleased = (id: string, at: number): boolean => {
    const state = store.get(id)?.state
    if (state === 'registered' || state === 'ended') return state === 'ended'
    return at >= (askedAt.get(id) ?? Number.NEGATIVE_INFINITY) + ASK_EVERY_MS
  }

  return {
    waiting: () => [...store.list()].filter(isJoinable).length,
    joins(limit) {
      const joinable = new Map(
        [...store.list()].filter(isJoinable).map((record) => [record.id, record]),
      )
      for (const id of waitingSince.keys()) if (!joinable.has(id)) waitingSince.delete(id)
      const at = performance.now()
      for (const id of joinable.keys()) if (!waitingSince.has(id)) waitingSince.set(id, at)
      const [longest] = waitingSince.values()
      const isDue = longest !== undefined && at >= longest + joinAfterMs
      if (!isDue && joinable.size < MAX_REPLICA_BATCH) return []
      return [...waitingSince.keys()].slice(0, limit).map((id) => joinable.get(id)!)
    },
    postpone(records) {
      for (const { id } of records) {
        waitingSince.delete(id)
        waitingSince.set(id, performance.now())
      }
    },
    async drops(limit) {
      const places: number[] = []
      const at = performance.now()
      for (const [id, place] of keeper.joined()) {
        if (places.length === limit) break
        if (!mayBeReleased(id, at)) continue
        askedAt.set(id, at)
        if ((await chain.releasedSlot(id)) !== undefined) places.push(place)
      }
      return places
    },
  }
}
