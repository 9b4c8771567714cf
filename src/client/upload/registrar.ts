import { registerReplicas } from '../../api/actions/registerReplicas.ts'
import { ApiError } from '../../api/errors.ts'
import { isManifestShard } from '../../protocol/manifestShard.ts'
import type { ClientContext } from '../context.ts'
import { ClientError } from '../errors.ts'
import type { PreparedReplica } from './uploadJournal.ts'
import type { StoringState } from './uploadState.ts'

/** Puts signed replicas under contract, several in a transaction. */
export interface Registrar {
  /** Takes replicas to register; sends a transaction when enough have come together. */
  add(replicas: readonly PreparedReplica[]): Promise<void>
  /**
   * Registers the rest, and gives the replicas that the chain would not have, of this farmer or at this time: their
   * shards must be stored anew.
   */
  flush(): Promise<PreparedReplica[]>
  /** What their prices are in all, in wei. */
  readonly paidWei: bigint
}

/** So many fit a transaction's gas with room to spare. */
const BATCH = 24

/** Throws `ClientError` `NO_SPACE` and `TERM_EXPIRED` for what the bucket does not allow, and `ApiError`. */
export function createRegistrar(
  { signer, logger }: ClientContext,
  state: StoringState,
  onRegistered: (bytes: number) => void,
): Registrar {
  const waiting: PreparedReplica[] = []
  const refused: PreparedReplica[] = []
  let paidWei = 0n

  const register = async (batch: readonly PreparedReplica[]): Promise<void> => {
    const offers = batch.map(({ id, offer }) => ({ offer, signature: state.signatures.get(id)! }))
    const { ids } = await registerReplicas(signer, { offers })
    await state.journal.append({ kind: 'registered', ids })
    for (const { id, offer } of batch) {
      state.registered.add(id)
      // Copies of the manifest are no part of the content.
      if (!isManifestShard(offer.shardIndex)) onRegistered(Number(offer.sizeBytes))
      paidWei += offer.priceWei
    }
  }

  const drop = async (replica: PreparedReplica, error: unknown): Promise<void> => {
    logger.warn('the chain refused a replica', { node: replica.offer.node, error })
    await state.journal.append({ kind: 'dropped', id: replica.id })
    state.signatures.delete(replica.id)
    refused.push(replica)
  }

  /** One replica that the chain refuses must not keep the others out: it is found by halves and dropped. */
  const registerAll = async (batch: readonly PreparedReplica[]): Promise<void> => {
    try {
      await register(batch)
    } catch (error) {
      if (batch.length === 1 || !isTooMuch(error)) expectReplicasFault(error)
      if (batch.length === 1) return await drop(batch[0]!, error)
      const half = Math.ceil(batch.length / 2)
      await registerAll(batch.slice(0, half))
      await registerAll(batch.slice(half))
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
      return refused.splice(0)
    },
  }
}

/** A busy node ends calls that take it long: half of it may pass. */
const isTooMuch = (error: unknown): boolean =>
  error instanceof ApiError && error.code === 'RPC_REFUSED'

/** Throws whatever would come again with every other replica. */
function expectReplicasFault(error: unknown): void {
  if (!(error instanceof ApiError) || !CONTRACT_CODES.has(error.code)) throw error
  const code = BUCKET_ERRORS[String(error.facts.error)]
  if (code === undefined) return
  throw new ClientError(code, {
    message: error.message,
    hint: 'Extend the bucket with `genaro bucket extend`, make room with `genaro rm`, or buy another.',
    facts: error.facts,
    cause: error,
  })
}

const CONTRACT_CODES: ReadonlySet<string> = new Set(['CALL_REVERTED', 'TRANSACTION_FAILED'])

const BUCKET_ERRORS: Record<string, 'NO_SPACE' | 'TERM_EXPIRED' | 'NOT_OWNER'> = {
  SpaceExceeded: 'NO_SPACE',
  EscrowExceeded: 'NO_SPACE',
  BucketEnded: 'TERM_EXPIRED',
  UnknownBucket: 'TERM_EXPIRED',
  TermBeyondBucket: 'TERM_EXPIRED',
  NotBucketManager: 'NOT_OWNER',
}
