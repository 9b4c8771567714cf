import { utf8ToBytes } from '@ethereumjs/util'
import { errorMessage, GenaroError } from '../util/errors.ts'
import { targetId } from './addresses.ts'
import { withDeadline } from './deadline.ts'
import { P2PError } from './errors.ts'
import type { FramedStream } from './framedStream.ts'
import type { Host, PeerTarget } from './host.ts'
import type { RateLimiterOptions } from './rateLimiter.ts'

/** How a message becomes bytes and back. `decode` throws for anything it did not encode. */
export interface Codec<Message> {
  encode(message: Message): Uint8Array
  decode(bytes: Uint8Array): Message
}

/** What one request may cost. */
export interface ProtocolLimits {
  maxRequestBytes: number
  maxResponseBytes: number
  /** Milliseconds for the whole exchange, on both sides; 10 s by default. */
  timeoutMs?: number
  /** Requests one peer may make; 20 per second and 60 at once by default. */
  rate?: Pick<RateLimiterOptions, 'perSecond' | 'burst'>
  /** Requests one connection may have open; 8 by default. */
  maxConcurrent?: number
}

export interface ProtocolDefinition<Request, Response> {
  /** As libp2p names protocols: `/genaro/<what>/1.0.0`. */
  name: string
  request: Codec<Request>
  response: Codec<Response>
  limits: ProtocolLimits
}

export interface RequestOptions {
  signal?: AbortSignal
  /** Milliseconds; the protocol's own by default. */
  timeoutMs?: number
}

/**
 * Answers one request. A thrown `GenaroError` tells the asker its code and words; any other error tells only
 * that the request failed.
 */
export type RequestHandler<Request, Response> = (
  request: Request,
  context: { peerId: string; signal: AbortSignal },
) => Promise<Response> | Response

/** One kind of question that peers ask each other. */
export interface Protocol<Request, Response> {
  readonly name: string
  /** Answers the protocol on a host. */
  handle(host: Host, handler: RequestHandler<Request, Response>): Promise<void>
  /**
   * Asks a peer. Throws `P2PError`: `REFUSED` with the peer's own `code` and `message` in its facts,
   * `BAD_MESSAGE` for an answer that does not decode, `TIMED_OUT`, `ABORTED`, and as `Host.openStream`.
   */
  request(
    host: Host,
    peer: PeerTarget,
    request: Request,
    options?: RequestOptions,
  ): Promise<Response>
}

const DEFAULT_TIMEOUT_MS = 10_000
const OK = 0
const FAILED = 1
const MAX_REFUSAL_BYTES = 1_024

/** Defines a protocol of one request frame and one response frame per stream. */
export function defineProtocol<Request, Response>({
  name,
  request: requestCodec,
  response: responseCodec,
  limits,
}: ProtocolDefinition<Request, Response>): Protocol<Request, Response> {
  const { maxRequestBytes, maxResponseBytes, timeoutMs: usualMs = DEFAULT_TIMEOUT_MS } = limits
  const maxAnswerBytes = 1 + Math.max(maxResponseBytes, MAX_REFUSAL_BYTES)

  const answer = async (
    stream: FramedStream,
    handler: RequestHandler<Request, Response>,
    signal: AbortSignal,
  ): Promise<void> => {
    const request = decodeWith(requestCodec, await stream.read(), stream.peerId)
    let response: Response
    try {
      response = await handler(request, { peerId: stream.peerId, signal })
    } catch (error) {
      await stream.write(Uint8Array.of(FAILED), encodeRefusal(error))
      return
    }
    await stream.write(Uint8Array.of(OK), responseCodec.encode(response))
  }

  const ask = async (stream: FramedStream, request: Request): Promise<Response> => {
    await stream.write(requestCodec.encode(request))
    await stream.end()
    const frame = await stream.read()
    await stream.finish()
    if (frame === undefined || frame.length === 0) throw badMessage(stream.peerId, 'is empty')
    const body = frame.subarray(1)
    if (frame[0] === FAILED) throw refusal(stream.peerId, body)
    return decodeWith(responseCodec, body, stream.peerId)
  }

  return {
    name,
    handle: (host, handler) =>
      host.handle(
        name,
        async (stream) => {
          const served = new AbortController()
          await withDeadline(answer(stream, handler, served.signal), usualMs, () => {
            const error = timedOut(stream.peerId, name, usualMs)
            served.abort(error)
            return error
          })
        },
        {
          // A frame that is sent may be as long as an answer, one that is taken only as a request.
          maxFrameBytes: maxRequestBytes,
          maxSentFrameBytes: maxAnswerBytes,
          idleTimeoutMs: usualMs,
          ...(limits.rate && { rate: limits.rate }),
          ...(limits.maxConcurrent && { maxInboundStreams: limits.maxConcurrent }),
        },
      ),

    async request(host, peer, request, { signal, timeoutMs = usualMs } = {}) {
      const startedAt = performance.now()
      const stream = await host.openStream(peer, name, {
        signal,
        openTimeoutMs: timeoutMs,
        maxFrameBytes: maxAnswerBytes,
        maxSentFrameBytes: maxRequestBytes,
        idleTimeoutMs: timeoutMs,
      })
      const leftMs = Math.max(1, timeoutMs - (performance.now() - startedAt))
      try {
        return await withDeadline(ask(stream, request), leftMs, () =>
          timedOut(targetId(peer), name, timeoutMs),
        )
      } catch (error) {
        blame(host, stream.peerId, error)
        stream.abort(error instanceof Error ? error : new Error(errorMessage(error)))
        throw error
      }
    },
  }
}

function blame(host: Host, peerId: string, error: unknown): void {
  if (!(error instanceof P2PError)) return
  const isGarbage = error.code === 'BAD_MESSAGE' || error.code === 'FRAME_TOO_LARGE'
  if (isGarbage && error.facts.peerId === peerId) host.scores.penalise(peerId, 'badMessage')
  if (error.code === 'TIMED_OUT') host.scores.penalise(peerId, 'unresponsive')
}

function decodeWith<Message>(
  codec: Codec<Message>,
  frame: Uint8Array | undefined,
  peerId: string,
): Message {
  if (frame === undefined) throw badMessage(peerId, 'is missing')
  try {
    return codec.decode(frame)
  } catch (error) {
    throw badMessage(peerId, `does not decode: ${errorMessage(error)}`, error)
  }
}

/** Code and words of an error, as `code NUL words`; an unexpected error's words stay here. */
function encodeRefusal(error: unknown): Uint8Array {
  const text =
    error instanceof GenaroError
      ? `${error.code}\0${error.message}`
      : 'INTERNAL\0The request failed on the other side'
  return utf8ToBytes(text).subarray(0, MAX_REFUSAL_BYTES)
}

function refusal(peerId: string, bytes: Uint8Array): P2PError {
  const [code = '', message = ''] = new TextDecoder().decode(bytes).split('\0')
  // Whatever a stranger wrote must not play with a terminal.
  const words = message.replace(/[^\P{C}]/gu, ' ')
  const safeCode = /^[A-Z0-9_]{1,64}$/.test(code) ? code : 'UNKNOWN'
  return new P2PError('REFUSED', {
    message: `Peer ${peerId} refused: ${words}`,
    hint: 'Its reason says whether to change the request or to ask another peer.',
    facts: { peerId, code: safeCode, message: words },
  })
}

const badMessage = (peerId: string, what: string, cause?: unknown): P2PError =>
  new P2PError('BAD_MESSAGE', {
    message: `A message from peer ${peerId} ${what}`,
    hint: 'The other side runs other software or means harm; use another peer.',
    facts: { peerId },
    cause,
  })

const timedOut = (peerId: string, name: string, timeoutMs: number): P2PError =>
  new P2PError('TIMED_OUT', {
    message: `${name} with peer ${peerId} took longer than ${timeoutMs} ms`,
    hint: 'Try again later, or another peer.',
    facts: { peerId, timeoutMs },
  })
