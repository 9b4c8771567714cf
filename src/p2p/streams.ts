import type { Libp2p } from '@libp2p/interface'
import { errorMessage } from '../util/errors.ts'
import type { Logger } from '../util/logger.ts'
import { dialTarget, parsePeerId, targetId } from './addresses.ts'
import { toP2PError } from './connectError.ts'
import { P2PError } from './errors.ts'
import { createFramedStream, type FramedStream } from './framedStream.ts'
import type { HandlerOptions, Host, OpenStreamOptions, PeerTarget, StreamServer } from './host.ts'
import type { PeerScores } from './peerScores.ts'
import { createRateLimiter } from './rateLimiter.ts'

export interface StreamsOptions {
  libp2p: Libp2p
  scores: PeerScores
  logger: Logger
}

type Streams = Pick<Host, 'connect' | 'openStream' | 'handle' | 'unhandle'> & {
  disconnect(peerId: string): Promise<void>
}

const OPEN_TIMEOUT_MS = 10_000
const MAX_INBOUND_STREAMS = 8
const MAX_OUTBOUND_STREAMS = 64
const RATE = { perSecond: 20, burst: 60 }

/** The half of a host that opens and serves streams. */
export function createStreams({ libp2p, scores, logger }: StreamsOptions): Streams {
  const reach = async <Result>(
    peer: PeerTarget,
    { signal, openTimeoutMs = OPEN_TIMEOUT_MS }: OpenStreamOptions,
    run: (target: ReturnType<typeof dialTarget>, signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> => {
    const peerId = targetId(peer)
    const target = dialTarget(peer)
    if (scores.isBanned(peerId)) throw banned(peerId)
    const timeout = AbortSignal.timeout(openTimeoutMs)
    const either = signal === undefined ? timeout : AbortSignal.any([signal, timeout])
    try {
      return await run(target, either)
    } catch (error) {
      const reason = toP2PError(error, { peerId, signal, timeout, openTimeoutMs })
      if (reason.code === 'UNREACHABLE' || reason.code === 'TIMED_OUT') {
        scores.penalise(peerId, 'unresponsive')
      }
      throw reason
    }
  }

  const serveOne = async (stream: FramedStream, serve: StreamServer): Promise<void> => {
    try {
      await serve(stream)
      await stream.finish()
    } catch (error) {
      if (isFaultOf(stream.peerId, error)) scores.penalise(stream.peerId, 'badMessage')
      const reason = errorMessage(error)
      logger.debug('stream broken off', { peerId: stream.peerId, reason })
      stream.abort(error instanceof Error ? error : new Error(reason))
    }
  }

  return {
    connect: (peer, options = {}) =>
      reach(peer, options, (target, signal) => libp2p.dial(target, { signal })),

    openStream: (peer, protocol, options = {}) =>
      reach(peer, options, async (target, signal) => {
        const stream = await libp2p.dialProtocol(target, protocol, {
          signal,
          maxOutboundStreams: MAX_OUTBOUND_STREAMS,
        })
        return createFramedStream(stream, targetId(peer), options)
      }),

    async handle(protocol, serve, options: HandlerOptions = {}) {
      const { maxInboundStreams = MAX_INBOUND_STREAMS, rate = RATE, ...framing } = options
      const limiter = createRateLimiter(rate)
      await libp2p.handle(
        protocol,
        async (stream, { remotePeer }) => {
          const peerId = remotePeer.toString()
          if (!limiter.take(peerId)) {
            scores.penalise(peerId, 'flooding')
            stream.abort(tooMany(protocol))
            return
          }
          await serveOne(createFramedStream(stream, peerId, framing), serve)
        },
        { maxInboundStreams },
      )
    },

    unhandle: (protocol) => libp2p.unhandle(protocol),

    async disconnect(peerId) {
      await libp2p.hangUp(parsePeerId(peerId)).catch(() => {})
    },
  }
}

/** An error of the same code without their peer id is about what we sent ourselves. */
const isFaultOf = (peerId: string, error: unknown): boolean =>
  error instanceof P2PError &&
  ['BAD_MESSAGE', 'FRAME_TOO_LARGE'].includes(error.code) &&
  error.facts.peerId === peerId

const banned = (peerId: string): P2PError =>
  new P2PError('PEER_BANNED', {
    message: `Peer ${peerId} is banned for what it did`,
    hint: 'Use another peer, or wait: bans end after a quarter of an hour.',
    facts: { peerId },
  })

const tooMany = (protocol: string): P2PError =>
  new P2PError('RATE_LIMITED', { message: `Too many streams of ${protocol}` })
