import type { Replica } from '../../api/actions/getReplica.ts'
import { listNodes } from '../../api/actions/listNodes.ts'
import { type ProbeResult, probeReplica } from '../../storage/repair/probeReplica.ts'
import type { ClientContext } from '../context.ts'
import { throwIfAborted } from '../errors.ts'
import { bytesOf } from '../fileSecrets.ts'
import { noTraffic, refusalOf } from '../readFailure.ts'

/** A replica that its farmer does not give any more. */
export interface GoneReplica {
  replica: Replica
  /**
   * `retired`: its node is not active. `silent`: the farmer cannot be reached. `lost`: it has not the replica, or
   * other bytes. `wrong`: it is not of the shard that it was registered for.
   */
  reason: 'retired' | 'silent' | 'lost' | 'wrong'
  /** The farmer says itself that it has lost it. */
  isAdmitted: boolean
  error?: unknown
}

export interface CheckedReplicas {
  held: Replica[]
  gone: GoneReplica[]
}

export interface CheckOptions {
  signal: AbortSignal
  onChecked: (isHeld: boolean) => void
}

const NODES_AT_ONCE = 8

/**
 * Asks the farmers of replicas for a few leaves of each. Who is busy is believed. Throws `ClientError`
 * `NO_TRAFFIC` when we cannot pay for them, and `ABORTED`.
 */
export async function checkReplicas(
  context: ClientContext,
  replicas: readonly Replica[],
  { signal, onChecked }: CheckOptions,
): Promise<CheckedReplicas> {
  const active = new Set((await listNodes(context.provider)).map(({ node }) => node))
  const byNode = Map.groupBy(replicas, ({ node }) => node)
  const held: Replica[] = []
  const gone: GoneReplica[] = []
  const waiting = [...byNode]

  const checkNode = async (node: bigint, ofNode: readonly Replica[]): Promise<void> => {
    let silence: unknown
    for (const replica of ofNode) {
      throwIfAborted(signal)
      const result: ProbeResult =
        silence === undefined && active.has(node)
          ? await probe(context, replica, signal)
          : { verdict: 'silent', error: silence }
      if (refusalOf(result.error) === 'NO_CREDIT') throw noTraffic({ node }, result.error)
      // It would be silent for its other replicas as well.
      if (result.verdict === 'silent') silence = result.error ?? 'silent'
      const isHeld = result.verdict === 'held' || result.verdict === 'unknown'
      if (isHeld) held.push(replica)
      else gone.push(goneReplica(replica, active.has(node), result))
      onChecked(isHeld)
    }
  }
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      await checkNode(...next)
    }
  }
  const results = await Promise.allSettled(Array.from({ length: NODES_AT_ONCE }, work))
  throwIfAborted(signal)
  const failed = results.find((result) => result.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  return { held, gone }
}

async function probe(
  context: ClientContext,
  { id, node, root, leafCount }: Replica,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const farmer = await context.farmers.farmerOf(node)
  const payer = (await context.accountWith(farmer.account)).openSession()
  payer.setBusy(true)
  try {
    const result = await probeReplica(context.host, farmer.target, {
      replica: { id, root: bytesOf(root), leafCount: Number(leafCount) },
      channel: payer.channel,
      verify: payer.verify,
      signal,
    })
    if (result.verdict !== 'held') context.farmers.blame(node)
    return result
  } finally {
    payer.setBusy(false)
  }
}

const ADMISSIONS: ReadonlySet<unknown> = new Set([
  'UNKNOWN_REPLICA',
  'REPLICA_DAMAGED',
  'TERM_EXPIRED',
])

const goneReplica = (
  replica: Replica,
  isActive: boolean,
  { verdict, error }: ProbeResult,
): GoneReplica => ({
  replica,
  reason: isActive ? (verdict === 'lost' ? 'lost' : 'silent') : 'retired',
  isAdmitted: ADMISSIONS.has(refusalOf(error)),
  ...(error !== undefined && { error }),
})
