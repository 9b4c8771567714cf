import type { Replica } from '../../api/actions/getReplica.ts'
import { isManifestShard } from '../../protocol/manifestShard.ts'
import { decodeShardIndex } from '../../protocol/replicaContract.ts'
import { locateSentinel } from '../../spor/sentinel.ts'
import {
  type AuditReplicaOptions,
  type AuditReply,
  auditReplica,
} from '../../storage/shardProtocol/auditReplica.ts'
import { errorMessage } from '../../util/errors.ts'
import type { ClientContext } from '../context.ts'
import { ClientError, throwIfAborted } from '../errors.ts'
import type { Farmer, FarmerDirectory } from '../farmers.ts'
import type { StoredFile } from '../findFile.ts'
import { type AuditedFarmer, type AuditedReplica, reportFarmer } from './auditReport.ts'
import { drawSentinels, type SentinelDraw } from './drawSentinels.ts'
import { getNodeStanding, type NodeStanding } from './nodeStanding.ts'
import { type OwnReplica, ownReplica } from './ownReplica.ts'
import type { SentinelBook } from './sentinelBook.ts'

export interface NodeAudit extends Pick<AuditReplicaOptions, 'timeoutMs' | 'tries'> {
  file: StoredFile
  book: SentinelBook
  /** Sentinels to ask for of each replica. */
  count: number
  isJoinOverdue(replica: Replica): boolean
  onAudited(replica: AuditedReplica): void
  signal: AbortSignal
}

/** What one replica is asked. */
interface Question {
  replica: Replica
  /** Undefined for what cannot be a replica of the file, or is not asked about. */
  own: OwnReplica | undefined
  draw: SentinelDraw
}

type Reply = Partial<Omit<AuditReply, 'verdict'>> & Pick<AuditedReplica, 'verdict'>

/**
 * Audits the replicas of one node, one after another; one that is silent or sends garbage is not asked for the rest.
 * Throws `ApiError`, and `ClientError` `ABORTED`.
 */
export async function auditNode(
  context: ClientContext,
  node: bigint,
  replicas: readonly Replica[],
  audit: NodeAudit,
): Promise<AuditedFarmer> {
  const { book, signal } = audit
  const standing = await getNodeStanding(context, node)
  const questions = await prepare(replicas, standing, audit)
  // Before the farmer hears of them.
  await book.save()
  const audited: AuditedReplica[] = []
  let failure: Reply | undefined
  for (const question of questions) {
    throwIfAborted(signal)
    const isSkipped = failure !== undefined && question.own !== undefined
    if (isSkipped) {
      book.forget(question.replica.id, question.draw.numbers)
      question.draw = NO_DRAW
    }
    const reply = isSkipped ? failure! : await ask(context, question, standing, audit)
    if (reply.verdict === 'silent' || reply.verdict === 'garbled') failure = reply
    const found = describe(question, reply, audit.isJoinOverdue(question.replica))
    audited.push(found)
    audit.onAudited(found)
  }
  return reportFarmer(standing, audited)
}

async function prepare(
  replicas: readonly Replica[],
  { isActive, account }: NodeStanding,
  { file, book, count }: NodeAudit,
): Promise<Question[]> {
  const questions: Question[] = []
  for (const replica of replicas) {
    const own = isActive ? await ownReplica(file, replica, account) : undefined
    const draw =
      own === undefined ? NO_DRAW : drawSentinels(own.layout, book.asked(replica.id), count)
    book.note(replica.id, draw.numbers)
    questions.push({ replica, own, draw })
  }
  return questions
}

const NO_DRAW: SentinelDraw = { numbers: [], freshCount: 0 }

async function ask(
  { host, farmers }: ClientContext,
  { replica, own, draw }: Question,
  { isActive, dischargedTime }: NodeStanding,
  { timeoutMs, tries, signal }: NodeAudit,
): Promise<Reply> {
  if (!isActive) return { verdict: dischargedTime === undefined ? 'retired' : 'discharged' }
  if (own === undefined) return { verdict: 'foreign' }
  const sentinels = await Promise.all(
    draw.numbers.map((number) => locateSentinel(own.layout, own.secrets, number)),
  )
  const farmer = await findFarmer(farmers, replica.node)
  if (farmer instanceof ClientError) return { verdict: 'silent', error: farmer }
  const reply = await auditReplica(host, farmer.target, {
    replicaId: replica.id,
    sentinels,
    signal,
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(tries !== undefined && { tries }),
  })
  if (reply.verdict !== 'held') farmers.blame(replica.node)
  return reply
}

/** The error of a node that is registered in a way that nobody can reach it. Throws `ApiError`. */
async function findFarmer(farmers: FarmerDirectory, node: bigint): Promise<Farmer | ClientError> {
  try {
    return await farmers.farmerOf(node)
  } catch (error) {
    if (error instanceof ClientError) return error
    throw error
  }
}

const describe = (
  { replica, draw }: Question,
  { verdict, right = 0, wrong = 0, missing = 0, error }: Reply,
  isJoinOverdue: boolean,
): AuditedReplica => ({
  id: replica.id,
  node: replica.node,
  ...(!isManifestShard(replica.shardIndex) && decodeShardIndex(replica.shardIndex)),
  verdict,
  ...(error !== undefined && { message: errorMessage(error) }),
  askedCount: draw.numbers.length,
  rightCount: right,
  wrongCount: wrong,
  missingCount: missing,
  freshCount: draw.freshCount,
  isJoined: replica.joined,
  isJoinOverdue,
})
