import { challengeReplica } from '../api/actions/challengeReplica.ts'
import { getReplica, type Replica } from '../api/actions/getReplica.ts'
import { inspectionsContract } from '../api/contracts.ts'
import { createMutex } from '../util/mutex.ts'
import { getNodeStanding } from './audit/nodeStanding.ts'
import { type OwnReplica, ownReplica } from './audit/ownReplica.ts'
import { type ClientContext, untilClosed } from './context.ts'
import { ClientError, throwIfAborted } from './errors.ts'
import { awaitEnding, type WaitOptions } from './escalation/awaitEnding.ts'
import { type ChallengeReport, withBonds } from './escalation/bonds.ts'
import {
  type ChallengedReplica,
  challengeInRounds,
  type Ending,
} from './escalation/challengeRounds.ts'
import { ownerGroupsContract } from './escalation/contract.ts'
import { awaitGroup, openGroup } from './escalation/groupChallenge.ts'
import { parseFileId } from './fileSecrets.ts'
import { findFile, type StoredFile } from './findFile.ts'

export interface ChallengeOptions {
  /** Milliseconds to wait for an outcome, 15 minutes by default; what takes longer is `pending`. */
  timeoutMs?: number | undefined
  /** Milliseconds between two looks at the chain; half a second by default. */
  pollMs?: number | undefined
  onOutcome?: ((challenged: ChallengedReplica) => void) | undefined
  signal?: AbortSignal | undefined
}

export interface EscalateOptions extends ChallengeOptions {
  /** The bucket; the signer's own are searched by default. */
  bucketId?: string | undefined
}

/**
 * Pays to have farmers prove single replicas on chain (SPEC 4, kind 16): random leaves of each, for which anybody may
 * ask. Waits for the outcomes, and takes the bonds out that came back. Throws `ApiError` `INSUFFICIENT_FUNDS` before
 * anything is sent that cannot be paid, and `ClientError` `ABORTED`.
 */
export async function challengeReplicas(
  context: ClientContext,
  ids: readonly string[],
  options: ChallengeOptions = {},
): Promise<ChallengeReport> {
  const { provider, signer } = context
  const { onOutcome = () => {} } = options
  const wait = waitOptions(context, options)
  const contract = inspectionsContract(signer)
  const replicas = await Promise.all(ids.map((id) => getReplica(provider, { id })))
  return await withBonds(context, contract, replicas.length, (bondWei) =>
    challengeInRounds(
      replicas,
      async ({ id, node }) => {
        throwIfAborted(wait.signal)
        const sent = await challengeReplica(signer, { id, bondWei })
        const names = ['Passed', 'Struck', 'ChallengeVoided']
        const indexed = [node, sent.challengeId] as const
        const ending = { contract, names, indexed, fromBlock: sent.blockNumber }
        return async () => extraEnding(await awaitEnding(provider, ending, wait))
      },
      onOutcome,
    ),
  )
}

const extraEnding = (events: readonly { name: string }[] | undefined): Ending => {
  if (events === undefined) return { outcome: 'pending' }
  const has = (name: string): boolean => events.some((event) => event.name === name)
  if (has('Passed')) return { outcome: 'proven', bondTo: 'farmer' }
  return { outcome: has('Struck') ? 'failed' : 'voided', bondTo: 'challenger' }
}

/**
 * The owner's escalation (SPEC 6): asks farmers on chain for a group of hidden sentinels of each replica, which the owner
 * commits to before, once. Each group serves once. Waits for the outcomes, settles what nobody answered, and takes the
 * bonds out that came back. Throws as `challengeReplicas`, and `ClientError` as `auditFile`; `BAD_ID` for a replica that
 * is not the file's.
 */
export async function escalateReplicas(
  context: ClientContext,
  id: string,
  ids: readonly string[],
  options: EscalateOptions = {},
): Promise<ChallengeReport> {
  const { bucketId, onOutcome = () => {} } = options
  const wait = waitOptions(context, options)
  const file = await findFile(context, parseFileId(id), { bucketId, signal: wait.signal })
  const replicas = ids.map((each) => expectReplica(file, each))
  const contract = ownerGroupsContract(context.signer)
  const sending = createMutex()
  return await withBonds(context, contract, replicas.length, (bondWei) =>
    challengeInRounds(
      replicas,
      async (replica) => {
        throwIfAborted(wait.signal)
        const own = await expectOwn(context, file, replica)
        const fromBlock = await sending.run(() => openGroup(context.signer, replica, own, bondWei))
        return () => awaitGroup(context, replica, fromBlock, { ...wait, sending })
      },
      onOutcome,
    ),
  )
}

const DEFAULT_TIMEOUT_MS = 900_000
const DEFAULT_POLL_MS = 500

const waitOptions = (
  context: ClientContext,
  { timeoutMs = DEFAULT_TIMEOUT_MS, pollMs = DEFAULT_POLL_MS, signal }: ChallengeOptions,
): WaitOptions => ({ timeoutMs, pollMs, signal: untilClosed(context, signal) })

function expectReplica({ all, fileId }: StoredFile, id: string): Replica {
  const replica = all.find((each) => each.id === id.toLowerCase())
  if (replica !== undefined) return replica
  throw new ClientError('BAD_ID', {
    message: `File ${fileId} has no replica ${id}`,
    hint: 'An audit lists the ids of its replicas.',
    facts: { fileId, id },
  })
}

async function expectOwn(
  context: ClientContext,
  file: StoredFile,
  replica: Replica,
): Promise<OwnReplica> {
  const { account } = await getNodeStanding(context, replica.node)
  const own = await ownReplica(file, replica, account)
  if (own !== undefined) return own
  throw new ClientError('FILE_DAMAGED', {
    message: `Replica ${replica.id} cannot be one of file ${file.fileId}`,
    hint: 'Repair the file: somebody registered it wrongly.',
    facts: { id: replica.id },
  })
}
