import type { Replica } from '../../api/actions/getReplica.ts'
import { releaseReplicas } from '../../api/actions/releaseReplicas.ts'
import { throwIfAborted } from '../errors.ts'
import type { Repair } from './repair.ts'

/** So many fit a transaction's gas with room to spare. */
const BATCH = 24

/** Ends contracts, each once. */
export async function release(
  { context, released, signal }: Pick<Repair, 'context' | 'released' | 'signal'>,
  replicas: readonly Replica[],
): Promise<void> {
  const ids = replicas.map(({ id }) => id).filter((id) => !released.has(id))
  for (let at = 0; at < ids.length; at += BATCH) {
    throwIfAborted(signal)
    const batch = ids.slice(at, at + BATCH)
    await releaseReplicas(context.signer, { ids: batch })
    for (const id of batch) released.add(id)
  }
}

/** Ends the contracts of replicas that are gone, those that `isDue`. */
export const releaseGone = (repair: Repair, isDue: (replica: Replica) => boolean): Promise<void> =>
  release(repair, repair.gone.map(({ replica }) => replica).filter(isDue))
