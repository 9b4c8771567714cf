import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { equalsBytes } from '@ethereumjs/util'
import { P2PError } from '../../p2p/errors.ts'
import type { Host, PeerTarget } from '../../p2p/host.ts'
import type { HiddenSentinel } from '../../spor/sentinel.ts'
import { StorageError } from '../errors.ts'
import { AUDIT_NONCE_BYTES, auditProtocol, leafDigest } from './auditMessages.ts'

/** What a farmer knew of the sentinels it was asked for. */
export interface AuditCounts {
  right: number
  wrong: number
  /** The farmer says itself that it cannot read them. */
  missing: number
}

/**
 * How a farmer answered an audit. `held`: it knew all sentinels. `damaged`: not all. `refused`: it would not answer.
 * `silent`: it cannot be reached, or did not answer in time. `garbled`: what it sent is no answer.
 */
export type AuditReply = AuditCounts & {
  verdict: 'held' | 'damaged' | 'refused' | 'silent' | 'garbled'
  /** Why there is no answer. */
  error?: unknown
}

export interface AuditReplicaOptions {
  /** 32 bytes in hex. */
  replicaId: string
  /** 1 to `MAX_AUDIT_LEAVES`, of different leaves. */
  sentinels: readonly HiddenSentinel[]
  /** How often a farmer is asked that is busy, silent, or has not seen the replica registered yet. */
  tries?: number
  /** Milliseconds between two tries; twice as many after each. */
  pauseMs?: number
  /** Milliseconds a try may take. */
  timeoutMs?: number
  signal?: AbortSignal
}

/**
 * Asks a farmer for digests of hidden sentinels and compares them with what must be there (Juels and Kaliski; SPEC 6).
 * Whatever the farmer does is told in the reply. Throws only when the signal has fired.
 */
export async function auditReplica(
  host: Host,
  peer: PeerTarget,
  options: AuditReplicaOptions,
): Promise<AuditReply> {
  const { tries = 3, signal } = options
  let pauseMs = options.pauseMs ?? 500
  for (let tried = 1; ; tried++) {
    const reply = await auditOnce(host, peer, options)
    signal?.throwIfAborted()
    if (tried >= tries || !mayPass(reply)) return reply
    await sleep(pauseMs, undefined, signal ? { signal } : {})
    pauseMs *= 2
  }
}

async function auditOnce(
  host: Host,
  peer: PeerTarget,
  { replicaId, sentinels, timeoutMs = 10_000, signal }: AuditReplicaOptions,
): Promise<AuditReply> {
  const asked = [...sentinels].sort((one, other) => one.leafIndex - other.leafIndex)
  const nonce = new Uint8Array(randomBytes(AUDIT_NONCE_BYTES))
  try {
    const { digests } = await auditProtocol.request(
      host,
      peer,
      { replicaId, nonce, leafIndices: asked.map(({ leafIndex }) => leafIndex) },
      { timeoutMs, ...(signal && { signal }) },
    )
    return compare(asked, nonce, digests)
  } catch (error) {
    return { verdict: verdictOf(error), ...NOTHING, error }
  }
}

const NOTHING: AuditCounts = { right: 0, wrong: 0, missing: 0 }

function compare(
  asked: readonly HiddenSentinel[],
  nonce: Uint8Array,
  digests: readonly (Uint8Array | undefined)[],
): AuditReply {
  if (digests.length !== asked.length) {
    throw new StorageError('BAD_ANSWER', {
      message: `${digests.length} digests came for ${asked.length} leaves`,
      facts: { asked: asked.length, digests: digests.length },
    })
  }
  const counts = { ...NOTHING }
  for (const [at, { leaf }] of asked.entries()) {
    const digest = digests[at]
    if (digest === undefined) counts.missing++
    else if (equalsBytes(digest, leafDigest(nonce, leaf))) counts.right++
    else counts.wrong++
  }
  return { verdict: counts.right === asked.length ? 'held' : 'damaged', ...counts }
}

function verdictOf(error: unknown): 'refused' | 'silent' | 'garbled' {
  if (error instanceof StorageError) return 'garbled'
  if (!(error instanceof P2PError)) return 'silent'
  if (error.code === 'REFUSED') return 'refused'
  return GARBLED.has(error.code) ? 'garbled' : 'silent'
}

const GARBLED: ReadonlySet<string> = new Set(['BAD_MESSAGE', 'FRAME_TOO_LARGE'])

/** Refusals that say nothing of the replica. */
const TRANSIENT: ReadonlySet<unknown> = new Set(['BUSY', 'NOT_READY', 'UNAVAILABLE'])

const mayPass = ({ verdict, error }: AuditReply): boolean =>
  verdict === 'silent' ||
  (verdict === 'refused' && TRANSIENT.has((error as P2PError | undefined)?.facts.code))
