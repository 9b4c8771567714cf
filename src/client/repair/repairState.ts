import type { ClientContext } from '../context.ts'
import { openRepairJournal, type PreparedReplica } from '../upload/uploadJournal.ts'
import { findRegistered, type StoringState } from '../upload/uploadState.ts'
import type { RepairTarget } from './target.ts'

/** A repair as far as it is. */
export interface RepairState extends StoringState {
  /** What earlier runs of it registered, which nothing else may know of yet. */
  readonly made: readonly PreparedReplica[]
  /** Whether an earlier run did not come to its end. */
  readonly isResumed: boolean
}

/** Begins a repair, or goes on with what its journal tells. */
export async function openRepairState(
  context: ClientContext,
  { fileId, bucketId, secrets }: Pick<RepairTarget, 'fileId' | 'bucketId' | 'secrets'>,
): Promise<RepairState> {
  const journal = await openRepairJournal(context, bucketId, fileId)
  try {
    const state: StoringState = {
      fileId,
      bucketId,
      secrets,
      journal,
      prepared: new Map(),
      signatures: new Map(),
      registered: new Set(),
    }
    const made = new Map<string, PreparedReplica>()
    for (const entry of journal.entries) {
      if (entry.kind === 'prepared') {
        state.prepared.set(entry.replica.offer.shardIndex, entry.replica)
        made.set(entry.replica.id, entry.replica)
      }
      if (entry.kind === 'signed') state.signatures.set(entry.id, entry.signature)
      if (entry.kind === 'dropped') state.signatures.delete(entry.id)
      if (entry.kind === 'registered') for (const id of entry.ids) state.registered.add(id)
    }
    await findRegistered(context, state)
    // What is under contract is seen on chain; an offer holds once, so it is not used again.
    for (const [shardIndex, { id }] of state.prepared) {
      if (state.registered.has(id)) state.prepared.delete(shardIndex)
    }
    const isResumed = journal.entries.length > 0
    return {
      ...state,
      made: [...made.values()].filter(({ id }) => state.registered.has(id)),
      isResumed,
    }
  } catch (error) {
    await journal.close()
    throw error
  }
}
