import { DAY_SECONDS } from '../../protocol/params.ts'
import { errorMessage } from '../../util/errors.ts'
import type { Logger } from '../../util/logger.ts'
import type { FarmerChain } from './chain.ts'
import type { Inspector } from './inspection/startInspector.ts'
import type { FarmerMetrics } from './metrics.ts'
import type { ReplicaRecord } from './replicaRecord.ts'
import type { ReplicaStore } from './replicaStore.ts'

export interface SweepOptions {
  chain: FarmerChain
  store: ReplicaStore
  metrics: FarmerMetrics
  inspector: Pick<Inspector, 'isNeeded' | 'mayEarnMore'>
  logger: Logger
}

/** Seconds by which our clock and the chain's may differ: only after them is an offer surely void. */
const CLOCK_MARGIN_SECONDS = 120n

/** How long a sender may be away in the middle of a replica: what it promised keeps others out meanwhile. */
const MAX_IDLE_SECONDS = 120n

/** How long a replica is kept that was registered and is not any more, in case the node we ask is behind. */
const MISSING_GRACE_SECONDS = DAY_SECONDS

/** How long an ended replica waits for the proof of its last hour. */
const LAST_PROOF_SECONDS = 7_200n

/**
 * Takes what ended replicas earned, and removes them and those that nobody registered in time. One that stands in the
 * node's tree stays until it is out of it.
 */
export async function sweep(options: SweepOptions): Promise<void> {
  const { chain, store, logger } = options
  const now = chain.now()
  const records = [...store.list()]
  await removeUnneeded(
    options,
    'released',
    records.filter(({ state }) => state === 'ended'),
  )
  const abandoned = records.filter(
    ({ id, state, offer }) =>
      state === 'receiving' &&
      !store.isReceiving(id) &&
      (isVoid(offer.expiry, now) || store.idleSeconds(id) > MAX_IDLE_SECONDS),
  )
  await removeAll(options, 'never finished', abandoned)
  await sweepUnregistered(options, records, now)
  const over = records.filter((record) => isOver(options, record, now))
  await settle(options, over).catch((error) =>
    logger.warn('ended replicas not settled', { reason: errorMessage(error) }),
  )
}

/** The end of a term is paid for once it is proven, by the first inspection after it. */
const isOver = (
  { inspector }: SweepOptions,
  { id, state, offer: { endTime } }: ReplicaRecord,
  now: bigint,
): boolean =>
  state === 'registered' &&
  endTime <= now &&
  (now > endTime + LAST_PROOF_SECONDS || !inspector.mayEarnMore(id, endTime))

async function sweepUnregistered(
  options: SweepOptions,
  records: readonly ReplicaRecord[],
  now: bigint,
): Promise<void> {
  const { chain, store } = options
  for (const record of records) {
    const { id, state, offer, changedAt } = record
    if (state !== 'acknowledged' || !isVoid(offer.expiry, now)) continue
    const wasRegistered = changedAt > offer.expiry
    if (wasRegistered && now < changedAt + MISSING_GRACE_SECONDS) continue
    // The last word is the chain's: a registration may have come in its last second.
    if ((await chain.replica(id)) !== undefined) await store.setState([id], 'registered')
    else await removeUnneeded(options, 'never registered', [record])
  }
}

/** On chain first: a crash in between leaves a replica that is found over again, and gone from the chain. */
async function settle(options: SweepOptions, over: readonly ReplicaRecord[]): Promise<void> {
  const { chain, store, metrics } = options
  const standing: string[] = []
  for (const { id } of over) if ((await chain.replica(id)) !== undefined) standing.push(id)
  if (standing.length > 0) await metrics.earned('storage', await chain.settle(standing))
  await store.setState(
    over.map(({ id }) => id),
    'ended',
  )
  await removeUnneeded(options, 'expired', over)
}

const removeUnneeded = (
  options: SweepOptions,
  reason: string,
  records: readonly ReplicaRecord[],
): Promise<void> =>
  removeAll(
    options,
    reason,
    records.filter(({ id }) => !options.inspector.isNeeded(id)),
  )

async function removeAll(
  { store, logger }: SweepOptions,
  reason: string,
  records: readonly ReplicaRecord[],
): Promise<void> {
  if (records.length === 0) return
  await store.remove(records.map(({ id }) => id))
  logger.info('removed replicas', { count: records.length, reason })
}

const isVoid = (expiry: bigint, now: bigint): boolean => now > expiry + CLOCK_MARGIN_SECONDS
