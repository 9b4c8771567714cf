import { setTimeout as sleep } from 'node:timers/promises'
import { getHeadTime } from '../../api/actions/getHeadTime.ts'
import { getNodeTree } from '../../api/actions/getNodeTree.ts'
import type { Replica } from '../../api/actions/getReplica.ts'
import { inspectionsContract } from '../../api/contracts.ts'
import { read } from '../../api/send.ts'
import { NETWORKS } from '../../protocol/networks.ts'
import type { ClientContext } from '../context.ts'
import { throwIfAborted } from '../errors.ts'

type Joinable = Pick<Replica, 'id' | 'node' | 'joined' | 'startTime'>

/**
 * For so long a farmer may leave a registered replica out of its tree, where nobody inspects it, in seconds: an hour,
 * and a minute on development networks.
 */
export function joinGraceSeconds(chainId: bigint): bigint {
  const isPublic = [NETWORKS.mainnet, NETWORKS.testnet].some((each) => each.chainId === chainId)
  return isPublic ? 3_600n : 60n
}

/** Whether a replica should have been joined by now, which is in Unix seconds by the chain. */
export const isJoinOverdue = (
  { joined, startTime }: Pick<Joinable, 'joined' | 'startTime'>,
  graceSeconds: bigint,
  nowSeconds: bigint,
): boolean => !joined && nowSeconds > startTime + graceSeconds

/** Farmers act by clocks, and the time of a development chain may run ahead of them. */
const PATIENCE_MS = 10_000
const LOOK_EVERY_MS = 500

/**
 * The ids of replicas that their farmers do not join though it is time: nobody inspects them, so they count as missing.
 * Those that are overdue are watched for some seconds more. Throws `ApiError`, and `ClientError` `ABORTED`.
 */
export async function findUnjoined(
  { provider, chainId }: Pick<ClientContext, 'provider' | 'chainId'>,
  replicas: readonly Joinable[],
  { signal, patienceMs = PATIENCE_MS }: { signal: AbortSignal; patienceMs?: number },
): Promise<Set<string>> {
  const grace = joinGraceSeconds(chainId)
  const now = await getHeadTime(provider)
  let overdue = replicas.filter((replica) => isJoinOverdue(replica, grace, now))
  const contract = inspectionsContract(provider)
  const deadline = performance.now() + patienceMs
  while (overdue.length > 0) {
    const joined = await read(() => Promise.all(overdue.map(({ id }) => contract.isJoined(id))))
    overdue = overdue.filter((_, at) => !joined[at])
    if (overdue.length === 0 || performance.now() >= deadline) break
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => throwIfAborted(signal))
  }
  const frozen = await frozenNodes(provider, overdue)
  return new Set(overdue.filter(({ node }) => !frozen.has(node)).map(({ id }) => id))
}

/** Nothing can be joined to a tree while a challenge of it waits for its answer. */
async function frozenNodes(
  provider: ClientContext['provider'],
  replicas: readonly Joinable[],
): Promise<Set<bigint>> {
  const nodes = [...new Set(replicas.map(({ node }) => node))]
  const trees = await Promise.all(nodes.map((node) => getNodeTree(provider, { node })))
  return new Set(nodes.filter((_, at) => trees[at]!.frozenBy !== undefined))
}
