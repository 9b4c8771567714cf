import { registerReplicas } from '../../api/actions/registerReplicas.ts'
import type { ClientContext } from '../context.ts'
import type { PreparedReplica } from './uploadJournal.ts'
import type { UploadState } from './uploadState.ts'

/** Puts signed replicas under contract, several in a transaction. */
export interface Registrar {
  /** Takes replicas to register; sends a transaction when enough have come together. */
  add(replicas: readonly PreparedReplica[]): Promise<void>
  /** Registers the rest. */
  flush(): Promise<void>
  /** What their prices are in all, in wei. */
  readonly paidWei: bigint
}

/** So many fit a transaction's gas with room to spare. */
const BATCH = 24

export function createRegistrar(
  { signer }: ClientContext,
  state: UploadState,
  onRegistered: (bytes: number) => void,
): Registrar {
  const waiting: PreparedReplica[] = []
  let paidWei = 0n

  const register = async (batch: readonly PreparedReplica[]): Promise<void> => {
    const offers = batch.map(({ id, offer }) => ({ offer, signature: state.signatures.get(id)! }))
    const { ids } = await registerReplicas(signer, { offers })
    await state.journal.append({ kind: 'registered', ids })
    for (const { id, offer } of batch) {
      state.registered.add(id)
      onRegistered(Number(offer.sizeBytes))
      paidWei += offer.priceWei
    }
  }

  /** One replica that the chain refuses must not keep the others out: it is found by halves and dropped. */
  const registerAll = async (batch: readonly PreparedReplica[]): Promise<void> => {
    try {
      await register(batch)
    } catch (error) {
      if (batch.length === 1) {
        state.signatures.delete(batch[0]!.id)
        state.prepared.delete(batch[0]!.offer.shardIndex)
        throw error
      }
      const half = Math.ceil(batch.length / 2)
      const results = []
      for (const part of [batch.slice(0, half), batch.slice(half)]) {
        results.push(...(await Promise.allSettled([registerAll(part)])))
      }
      const failed = results.find((result) => result.status === 'rejected')
      if (failed !== undefined) throw failed.reason
    }
  }

  return {
    get paidWei() {
      return paidWei
    },
    async add(replicas) {
      waiting.push(...replicas.filter(({ id }) => !state.registered.has(id)))
      while (waiting.length >= BATCH) await registerAll(waiting.splice(0, BATCH))
    },
    async flush() {
      while (waiting.length > 0) await registerAll(waiting.splice(0, BATCH))
    },
  }
}
