import { getHeadTime } from '../api/actions/getHeadTime.ts'
import { MAX_AUDIT_LEAVES } from '../storage/shardProtocol/auditMessages.ts'
import { auditNode, type NodeAudit } from './audit/auditNode.ts'
import { type AuditedFarmer, isSuspicious } from './audit/auditReport.ts'
import { openSentinelBook } from './audit/sentinelBook.ts'
import { isJoinOverdue, joinGraceSeconds } from './audit/unjoined.ts'
import { type ClientContext, untilClosed } from './context.ts'
import { ClientError, throwIfAborted } from './errors.ts'
import { parseFileId } from './fileSecrets.ts'
import { findFile } from './findFile.ts'
import { createProgressCounter } from './progress.ts'

export interface AuditOptions {
  /** The bucket; the signer's own are searched by default. */
  bucketId?: string | undefined
  /** Sentinels to ask for of each replica, 1 to 64; 16 by default. */
  sentinels?: number | undefined
  /** Milliseconds a farmer may take for an answer; 10 s by default. */
  timeoutMs?: number | undefined
  /** How often a farmer is asked that is silent or busy; 3 by default. */
  tries?: number | undefined
  onProgress?: ((progress: AuditProgress) => void) | undefined
  signal?: AbortSignal | undefined
}

export interface AuditProgress {
  replicaCount: number
  auditedCount: number
  suspiciousCount: number
}

export interface AuditResult {
  id: string
  bucketId: string
  /** Replicas on chain, those of the manifest included. */
  replicaCount: number
  farmers: AuditedFarmer[]
  /** Ids of replicas that are not shown to be held, or that the chain does not inspect. */
  suspicious: string[]
}

/** Sentinels that are asked for unless told otherwise: of a replica of average size half of those there are. */
const DEFAULT_SENTINELS = 16
const NODES_AT_ONCE = 8

/**
 * The owner's private audit of a file (SPEC 6; Juels and Kaliski, YP 4.3): asks the farmer of each replica for
 * sentinels, which it cannot tell from the rest, and adds what the chain knows of its node. Sends nothing to the chain
 * and costs no traffic, but for the manifest where this machine has none. What farmers do wrong is told in the result.
 * Throws `ClientError`: `FILE_UNKNOWN`, `WRONG_SEED`, `BAD_RANGE`, `ABORTED`, and as reading the manifest does; `ApiError`.
 */
export async function auditFile(
  context: ClientContext,
  id: string,
  options: AuditOptions = {},
): Promise<AuditResult> {
  const { sentinels = DEFAULT_SENTINELS, bucketId, timeoutMs, tries } = options
  const signal = untilClosed(context, options.signal)
  throwIfAborted(signal)
  expectCount(sentinels)
  const file = await findFile(context, parseFileId(id), { bucketId, signal })
  const book = await openSentinelBook(context, file.fileId)
  const [now, grace] = [await getHeadTime(context.provider), joinGraceSeconds(context.chainId)]
  const progress = createProgressCounter<AuditProgress>(
    { replicaCount: file.all.length, auditedCount: 0, suspiciousCount: 0 },
    options.onProgress,
  )
  const audit: NodeAudit = {
    ...{ file, book, count: sentinels, signal },
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(tries !== undefined && { tries }),
    isJoinOverdue: (replica) => isJoinOverdue(replica, grace, now),
    onAudited(replica) {
      progress.add('auditedCount', 1)
      if (isSuspicious(replica)) progress.add('suspiciousCount', 1)
    },
  }
  const waiting = [...Map.groupBy(file.all, ({ node }) => node)]
  const farmers: AuditedFarmer[] = []
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      farmers.push(await auditNode(context, ...next, audit))
    }
  }
  const results = await Promise.allSettled(Array.from({ length: NODES_AT_ONCE }, work))
  await book.save()
  throwIfAborted(signal)
  const failed = results.find((result) => result.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  farmers.sort((one, other) => Number(one.node - other.node))
  const suspicious = farmers.flatMap(({ replicas }) => replicas).filter(isSuspicious)
  return {
    id: file.fileId,
    bucketId: file.bucketId,
    replicaCount: file.all.length,
    farmers,
    suspicious: suspicious.map((replica) => replica.id),
  }
}

function expectCount(sentinels: number): void {
  if (Number.isInteger(sentinels) && sentinels >= 1 && sentinels <= MAX_AUDIT_LEAVES) return
  throw new ClientError('BAD_RANGE', {
    message: `An audit asks for 1 to ${MAX_AUDIT_LEAVES} sentinels of a replica, not ${sentinels}`,
    hint: 'Audit again instead, a little later.',
    facts: { sentinels },
  })
}
