import type { Libp2p } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import { errorMessage } from '../util/errors.ts'
import type { Logger } from '../util/logger.ts'
import { connectedPeers } from './connectedPeers.ts'

export interface BootstrapOptions {
  libp2p: Libp2p
  /** They end in peer ids. */
  addresses: readonly Multiaddr[]
  /** Connected peers below which a bootstrap node is dialled again. */
  minPeers?: number
  /** Milliseconds between the first two tries; they double to a minute while nothing helps. */
  retryMs?: number
  logger: Logger
}

const DEFAULT_MIN_PEERS = 4
const DEFAULT_RETRY_MS = 1_000
const MAX_RETRY_MS = 60_000
const DIAL_TIMEOUT_MS = 4_000

/**
 * Dials the bootstrap nodes until enough peers are connected, and again whenever too few are left. libp2p's own
 * module dials once: a node that starts before its bootstrap node would stay alone for good.
 */
export function keepBootstrapped({
  libp2p,
  addresses,
  minPeers = DEFAULT_MIN_PEERS,
  retryMs = DEFAULT_RETRY_MS,
  logger,
}: BootstrapOptions): { stop(): void } {
  const targets = [...addresses]
  const enough = Math.min(minPeers, targets.length)
  const stopped = new AbortController()
  let waitMs = retryMs
  let timer: NodeJS.Timeout | undefined

  const dialNext = async (): Promise<void> => {
    const target = targets.shift()
    if (target === undefined) return
    targets.push(target)
    try {
      const timeout = AbortSignal.timeout(DIAL_TIMEOUT_MS)
      await libp2p.dial(target, { signal: AbortSignal.any([timeout, stopped.signal]) })
    } catch (error) {
      logger.debug('bootstrap node did not answer', {
        address: target.toString(),
        reason: errorMessage(error),
      })
    }
  }

  const round = async (): Promise<void> => {
    const missing = enough - connectedPeers(libp2p).length
    for (let tries = 0; tries < targets.length && connectedPeers(libp2p).length < enough; tries++) {
      await dialNext()
    }
    waitMs = missing > 0 ? Math.min(2 * waitMs, MAX_RETRY_MS) : retryMs
    if (stopped.signal.aborted) return
    timer = setTimeout(round, waitMs)
    timer.unref()
  }

  if (targets.length > 0) void round()
  return {
    stop() {
      stopped.abort()
      clearTimeout(timer)
    },
  }
}
