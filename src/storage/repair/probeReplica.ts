import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { P2PError } from '../../p2p/errors.ts'
import type { Host, PeerTarget } from '../../p2p/host.ts'
import { StorageError } from '../errors.ts'
import { openReadSession, type ReadSessionOptions } from '../shardProtocol/openReadSession.ts'
import { rangesOf } from '../shardProtocol/ranges.ts'

/** What came of asking a farmer for leaves of a replica. */
export interface ProbeResult {
  /**
   * `held`: leaves came and belong to the replica. `lost`: the farmer has it not, or other bytes in its place.
   * `silent`: it cannot be reached, does not answer or is not able to. `unknown`: it is busy, or we cannot pay:
   * that says nothing of the replica.
   */
  verdict: 'held' | 'lost' | 'silent' | 'unknown'
  /** Why it is not held. */
  error?: unknown
}

export interface ProbeOptions extends Pick<ReadSessionOptions, 'replica' | 'channel' | 'verify'> {
  /** Leaves to ask for, at random places. */
  leaves?: number
  /** How often a farmer that is silent or busy is asked. */
  tries?: number
  /** Milliseconds between two tries; twice as many after each. */
  pauseMs?: number
  /** Milliseconds a try may take. */
  timeoutMs?: number
  signal?: AbortSignal
}

/** Asks a farmer for a few random leaves of a replica, with their proofs. Throws only when the signal has fired. */
export async function probeReplica(
  host: Host,
  peer: PeerTarget,
  options: ProbeOptions,
): Promise<ProbeResult> {
  const { tries = 3, signal } = options
  let pauseMs = options.pauseMs ?? 500
  for (let tried = 1; ; tried++) {
    const result = await probeOnce(host, peer, options)
    signal?.throwIfAborted()
    const isFinal = result.verdict === 'held' || result.verdict === 'lost' || tried >= tries
    if (isFinal || codeOf(result.error) === 'NO_CREDIT') return result
    await sleep(pauseMs, undefined, signal ? { signal } : {})
    pauseMs *= 2
  }
}

async function probeOnce(
  host: Host,
  peer: PeerTarget,
  { replica, channel, verify, leaves = 3, timeoutMs = 10_000, signal }: ProbeOptions,
): Promise<ProbeResult> {
  const timeout = AbortSignal.timeout(timeoutMs)
  try {
    const session = await openReadSession(host, peer, {
      replica,
      channel,
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      idleTimeoutMs: timeoutMs,
      ...(verify && { verify }),
    })
    for await (const _ of session.read(rangesOf(drawLeaves(replica.leafCount, leaves)))) {
      // That they came is enough: each was checked against the root.
    }
    await session.close()
    return { verdict: 'held' }
  } catch (error) {
    return { verdict: verdictOf(error), error }
  }
}

/** Nobody may know before which leaves will be asked for. */
function drawLeaves(leafCount: number, count: number): number[] {
  const drawn = new Set<number>()
  while (drawn.size < Math.min(count, leafCount)) drawn.add(randomInt(leafCount))
  return [...drawn].sort((one, other) => one - other)
}

const UNKNOWN: ReadonlySet<unknown> = new Set(['BUSY', 'NO_CREDIT', 'RECEIPT_NEEDED'])
const SILENT: ReadonlySet<unknown> = new Set(['UNAVAILABLE', 'NOT_READY', 'ABORTED'])

function verdictOf(error: unknown): 'lost' | 'silent' | 'unknown' {
  const code = codeOf(error)
  if (UNKNOWN.has(code)) return 'unknown'
  if (code === undefined || SILENT.has(code)) return 'silent'
  return 'lost'
}

/** A farmer's refusal or what was wrong with its answer; undefined when the way to it failed. */
function codeOf(error: unknown): string | undefined {
  if (error instanceof StorageError) return error.code
  if (error instanceof P2PError) {
    return error.code === 'REFUSED' ? String(error.facts.code) : undefined
  }
  // Everything else comes from checking what it sent.
  return isTimeout(error) ? undefined : 'BAD_LEAVES'
}

const isTimeout = (error: unknown): boolean =>
  error instanceof DOMException && (error.name === 'TimeoutError' || error.name === 'AbortError')
