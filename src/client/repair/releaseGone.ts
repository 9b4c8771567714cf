import { getReplica, type Replica } from '../../api/actions/getReplica.ts'
import { releaseReplicas } from '../../api/actions/releaseReplicas.ts'
import { ApiError } from '../../api/errors.ts'
import type { ClientContext } from '../context.ts'
import { throwIfAborted } from '../errors.ts'
import type { Repair } from './repair.ts'

/** So many fit a transaction's gas with room to spare. */
const BATCH = 24

/** Ends contracts, each once; those that others ended meanwhile count as ended. */
export async function release(
  { context, released, signal }: Pick<Repair, 'context' | 'released' | 'signal'>,
  replicas: readonly Replica[],
): Promise<void> {
  const ids = replicas.map(({ id }) => id).filter((id) => !released.has(id))
  for (let at = 0; at < ids.length; at += BATCH) {
    throwIfAborted(signal)
    const batch = ids.slice(at, at + BATCH)
    await releaseBatch(context, batch)
    for (const id of batch) released.add(id)
  }
}

async function releaseBatch(context: ClientContext, ids: readonly string[]): Promise<void> {
  try {
    await releaseReplicas(context.signer, { ids })
  } catch (error) {
    if (!isRevert(error)) throw error
    // The chain ends contracts too, and anybody may end those of a discharged node.
    const running = await runningOf(context, ids)
    if (running.length === ids.length) throw error
    if (running.length > 0) await releaseBatch(context, running)
  }
}

async function runningOf({ provider }: ClientContext, ids: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    ids.map((id) =>
      getReplica(provider, { id }).catch((error) => {
        if (!isRevert(error)) throw error
      }),
    ),
  )
  return found.flatMap((replica) => replica?.id ?? [])
}

const isRevert = (error: unknown): boolean =>
  error instanceof ApiError && error.code === 'CALL_REVERTED'

/** Ends the contracts of replicas that are gone, those that `isDue`. */
export const releaseGone = (repair: Repair, isDue: (replica: Replica) => boolean): Promise<void> =>
  release(repair, repair.gone.map(({ replica }) => replica).filter(isDue))
