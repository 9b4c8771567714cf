import { MIN_REPLICA_TERM_SECONDS } from '../../protocol/storageParams.ts'
import type { ClientContext } from '../context.ts'
import { ClientError, throwIfAborted } from '../errors.ts'
import type { OfferingFarmer } from '../farmers.ts'
import { placeShards } from '../placement.ts'
import { refusalOf } from '../readFailure.ts'
import { type ShardTask, storeShard } from './storeShard.ts'
import type { PreparedReplica } from './uploadJournal.ts'
import type { StoringState } from './uploadState.ts'

/** Who can be asked to hold replicas, for one upload. */
export interface FarmerChoice {
  /** All that answered, until the end of the bucket's term takes them. */
  farmers: OfferingFarmer[]
  /** Nodes that failed in this upload; they are not asked again. */
  failed: Set<bigint>
  random?: (() => number) | undefined
}

/** Where a shard of the segment is already. */
export type HeldShard = { offer: Pick<PreparedReplica['offer'], 'node'> }

/** Replicas are made and sent side by side: one is sealed while others are on their way. */
const SHARDS_AT_ONCE = 4

/**
 * Stores shards of one segment, each with a farmer of its own. A farmer that fails is replaced by another. Returns the
 * signed replicas; throws `ClientError` `NOT_ENOUGH_FARMERS`, `NO_SPACE`, `ABORTED`.
 */
export async function storeSegment(
  context: ClientContext,
  state: StoringState,
  choice: FarmerChoice,
  tasks: readonly ShardTask[],
  held: readonly HeldShard[],
): Promise<PreparedReplica[]> {
  const taken = farmersOf(choice, held)
  const assigned = assign(state, choice, tasks, taken)
  const replicas: PreparedReplica[] = []
  let next = 0

  const work = async (): Promise<void> => {
    for (let at = next++; at < tasks.length; at = next++) {
      const task = tasks[at]!
      for (;;) {
        const farmer = assigned[at]!
        try {
          replicas.push(await storeShard(context, state, task, farmer))
          break
        } catch (error) {
          throwIfAborted(task.signal)
          expectFarmersFault(error)
          context.logger.warn('a farmer failed to store', { peerId: farmer.peerId, error })
          context.farmers.blame(farmer.node)
          choice.failed.add(farmer.node)
          assigned[at] = replace(choice, task, [...taken, ...assigned])
        }
      }
    }
  }
  const results = await Promise.allSettled(Array.from({ length: SHARDS_AT_ONCE }, work))
  const failed = results.find((result) => result.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  return replicas
}

/** What is no farmer's fault would fail with every other one too. */
function expectFarmersFault(error: unknown): void {
  if (error instanceof ClientError && error.code !== 'FARMER_FAILED') throw error
  const refusal = refusalOf(error)
  if (refusal === 'NO_SPACE' || refusal === 'NO_ESCROW') {
    throw new ClientError('NO_SPACE', {
      message: `The bucket does not cover the upload: ${(error as Error).message}`,
      hint: 'Make room with `genaro bucket extend` or `genaro rm`, or buy a larger bucket.',
      cause: error,
    })
  }
}

const farmersOf = ({ farmers }: FarmerChoice, replicas: readonly HeldShard[]): OfferingFarmer[] => {
  const nodes = new Set(replicas.map(({ offer }) => offer.node))
  return farmers.filter(({ node }) => nodes.has(node))
}

/** Whoever an earlier run chose keeps its shard; the others are drawn. */
function assign(
  state: StoringState,
  choice: FarmerChoice,
  tasks: readonly ShardTask[],
  taken: readonly OfferingFarmer[],
): OfferingFarmer[] {
  const usable = usableFarmers(choice)
  const used = new Set(taken.map(({ node }) => node))
  const kept = tasks.map(({ segment, shard }) => {
    const node = state.prepared.get(BigInt(segment) * 256n + BigInt(shard))?.offer.node
    const farmer = usable.find((each) => each.node === node && !used.has(each.node))
    if (farmer !== undefined) used.add(farmer.node)
    return farmer
  })
  const drawn = placeShards({
    candidates: usable,
    count: kept.filter((farmer) => farmer === undefined).length,
    replicaBytes: largestReplica(tasks),
    taken: usable.filter(({ node }) => used.has(node)),
    ...(choice.random && { random: choice.random }),
  })
  return kept.map((farmer) => farmer ?? drawn.shift()!)
}

const replace = (
  choice: FarmerChoice,
  task: ShardTask,
  taken: readonly OfferingFarmer[],
): OfferingFarmer =>
  placeShards({
    candidates: usableFarmers(choice),
    count: 1,
    replicaBytes: largestReplica([task]),
    taken,
    ...(choice.random && { random: choice.random }),
  })[0]!

const usableFarmers = ({ farmers, failed }: FarmerChoice): OfferingFarmer[] =>
  farmers.filter(({ node }) => !failed.has(node))

/** Roughly: the inner code and the sentinels add a fifth, and 64 leaves to the smallest. */
const largestReplica = (tasks: readonly ShardTask[]): bigint =>
  BigInt(Math.ceil(Math.max(0, ...tasks.map(({ shardBytes }) => shardBytes)) * 1.2) + 98_304)

/** The farmers that take replicas for a term, the affordable ones if there are enough of them. */
export function farmersForTerm(
  farmers: readonly OfferingFarmer[],
  {
    seconds,
    budgetWeiPerGBDay,
    count,
  }: { seconds: bigint; budgetWeiPerGBDay: bigint; count: number },
): OfferingFarmer[] {
  const fitting = farmers.filter(
    ({ info }) => info.minTermSeconds <= seconds && info.maxTermSeconds >= seconds,
  )
  if (fitting.length === 0 && farmers.length > 0 && seconds < MIN_REPLICA_TERM_SECONDS) {
    throw new ClientError('TERM_EXPIRED', {
      message: `The bucket's term ends in ${seconds} seconds, and no farmer takes so short a one`,
      hint: 'Extend it first with `genaro bucket extend`.',
      facts: { seconds },
    })
  }
  const affordable = fitting.filter(({ priceWeiPerGBDay }) => priceWeiPerGBDay <= budgetWeiPerGBDay)
  if (affordable.length >= count || fitting.length < count) return affordable
  throw new ClientError('NO_SPACE', {
    message: `What is left of the bucket's escrow pays ${budgetWeiPerGBDay} wei per GB and day, and ${affordable.length} farmers are content with that; ${count} are needed`,
    hint: 'Extend the bucket with `genaro bucket extend`, or buy another.',
    facts: { budgetWeiPerGBDay, count, affordable: affordable.length },
  })
}
