import { getNode } from '../../api/actions/getNode.ts'
import type { Replica } from '../../api/actions/getReplica.ts'
import { listNodes } from '../../api/actions/listNodes.ts'
import { type ProbeResult, probeReplica } from '../../storage/repair/probeReplica.ts'
import { findUnjoined } from '../audit/unjoined.ts'
import type { ClientContext } from '../context.ts'
import { throwIfAborted } from '../errors.ts'
import { bytesOf } from '../fileSecrets.ts'
import { noTraffic, refusalOf } from '../readFailure.ts'

/** A replica that its farmer does not give any more. */
export interface GoneReplica {
  replica: Replica
  /**
   * `retired`: its node is not active. `discharged`: its node failed its inspections. `unjoined`: its farmer keeps it
   * out of what the chain inspects. `silent`: the farmer cannot be reached. `lost`: it has not the replica, or other
   * bytes. `wrong`: it is not of the shard that it was registered for.
   */
  reason: 'retired' | 'discharged' | 'unjoined' | 'silent' | 'lost' | 'wrong'
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
 * Asks the farmers of replicas for a few leaves of each. Who is busy is believed. Replicas that the chain does not
 * inspect count as gone, whoever holds them. Throws `ClientError` `NO_TRAFFIC` when we cannot pay for leaves, and
 * `ABORTED`.
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
    const absence = active.has(node) ? undefined : await absenceOf(context, node)
    let silence: unknown
    let unjoined: Set<string> | undefined
    for (const replica of ofNode) {
      throwIfAborted(signal)
      let lost = absence ?? (await lossOf(context, replica, silence, signal))
      if (lost === undefined && !replica.joined) {
        unjoined ??= await findUnjoined(context, ofNode, { signal })
        if (unjoined.has(replica.id)) lost = { reason: 'unjoined' }
      }
      // It would be silent for its other replicas as well.
      if (lost?.reason === 'silent') silence = lost.error ?? 'silent'
      if (lost === undefined) held.push(replica)
      else gone.push({ replica, isAdmitted: ADMISSIONS.has(refusalOf(lost.error)), ...lost })
      onChecked(lost === undefined)
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

/** Why a replica does not count, and what told so. */
type Loss = Pick<GoneReplica, 'reason' | 'error'>

/** Why a node is not active any more. */
async function absenceOf({ provider }: ClientContext, node: bigint): Promise<Loss> {
  const { dischargedTime } = await getNode(provider, { node })
  return { reason: dischargedTime === undefined ? 'retired' : 'discharged' }
}

/** Undefined for a replica whose leaves came, or whose farmer is busy. `silence` is why its farmer did not answer before. */
async function lossOf(
  context: ClientContext,
  replica: Replica,
  silence: unknown,
  signal: AbortSignal,
): Promise<Loss | undefined> {
  if (silence !== undefined) return { reason: 'silent', error: silence }
  const { verdict, error } = await probe(context, replica, signal)
  if (refusalOf(error) === 'NO_CREDIT') throw noTraffic({ node: replica.node }, error)
  if (verdict === 'held' || verdict === 'unknown') return undefined
  return { reason: verdict, ...(error !== undefined && { error }) }
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
