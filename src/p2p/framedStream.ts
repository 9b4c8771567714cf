import type { Stream, StreamCloseEvent, StreamMessageEvent } from '@libp2p/interface'
import { Uint8ArrayList } from 'uint8arraylist'
import { errorMessage } from '../util/errors.ts'
import { withDeadline } from './deadline.ts'
import { drained } from './drained.ts'
import { P2PError } from './errors.ts'
import { plainBytes } from './plainBytes.ts'

/**
 * A libp2p stream cut into frames of a 4-byte big-endian length and that many bytes, with back-pressure
 * both ways: a slow reader stops the sender within its window, and `write` waits for a slow network. The
 * library's own iterators have no back-pressure, so bulk goes through this. One reader and one writer.
 */
export interface FramedStream {
  /** The peer at the other end, proven by the handshake. */
  readonly peerId: string
  /**
   * The next frame, or undefined once the other side has ended between two frames. Throws `P2PError`:
   * `FRAME_TOO_LARGE`, `TIMED_OUT` (the whole frame was not there in time), `ABORTED`, and
   * `STREAM_CLOSED` when the stream broke or ended inside a frame.
   */
  read(): Promise<Uint8Array | undefined>
  /** Sends the parts as one frame; resolves when there is room for the next. Throws as `read` does. */
  write(...parts: (Uint8Array | Uint8ArrayList)[]): Promise<void>
  /** Says that no frame follows. Reading goes on until the other side ends too. */
  end(): Promise<void>
  /** Ends our side and waits for the other's end. Breaks the stream off when another frame comes instead. */
  finish(): Promise<void>
  /** Breaks the stream off for both sides; what was not read or sent yet is dropped. */
  abort(error: Error): void
}

export interface FramedStreamOptions {
  /** The longest frame taken, in bytes; 1 MiB by default. */
  maxFrameBytes?: number
  /** The longest frame sent, in bytes; as long as one taken by default. */
  maxSentFrameBytes?: number
  /** Milliseconds within which each `read`, `write` and `end` must finish; 30 s by default. */
  idleTimeoutMs?: number
  /**
   * Gives each frame in the memory of the one before, so that it is good until the next `read` only. Bulk that is
   * used up at once costs a third of the time this way, most of which goes to collecting garbage.
   */
  reusesFrames?: boolean
  /** Breaks the stream off. */
  signal?: AbortSignal | undefined
}

const DEFAULT_MAX_FRAME_BYTES = 1 << 20
const DEFAULT_IDLE_TIMEOUT_MS = 30_000
const LENGTH_BYTES = 4

export function createFramedStream(
  stream: Stream,
  peerId: string,
  {
    maxFrameBytes = DEFAULT_MAX_FRAME_BYTES,
    maxSentFrameBytes = maxFrameBytes,
    idleTimeoutMs = DEFAULT_IDLE_TIMEOUT_MS,
    reusesFrames = false,
    signal,
  }: FramedStreamOptions = {},
): FramedStream {
  const highWaterBytes = maxFrameBytes + LENGTH_BYTES
  const received = new Uint8ArrayList()
  let failure: Error | undefined
  let isEnded = stream.remoteWriteStatus === 'closed'
  let isResuming = false
  let wake = (): void => {}

  const pauseWhenFull = (): void => {
    if (received.byteLength >= highWaterBytes && stream.readStatus === 'readable') stream.pause()
  }

  const onMessage = ({ data }: StreamMessageEvent): void => {
    received.append(data)
    // Paused at once, the muxer withholds the window and the sender stops. Not inside an event that
    // `resume` itself sends: that one would grant the window after our pause and overflow the buffer.
    if (!isResuming) pauseWhenFull()
    wake()
  }
  const onRemoteEnd = (): void => {
    isEnded = true
    wake()
  }
  const onClose = ({ error }: StreamCloseEvent): void => {
    failure ??= error
    isEnded = true
    signal?.removeEventListener('abort', onAbort)
    wake()
  }
  const onAbort = (): void => abort(new P2PError('ABORTED', { message: abortText(signal) }))

  function abort(error: Error): void {
    failure ??= error
    stream.abort(error)
    wake()
  }

  const resume = (): void => {
    isResuming = true
    try {
      stream.resume()
    } finally {
      isResuming = false
    }
    pauseWhenFull()
  }

  /** Waits until so many bytes are there; false when the stream ended before. */
  const receive = async (bytes: number): Promise<boolean> => {
    while (received.byteLength < bytes) {
      if (stream.readStatus === 'paused') {
        resume()
        continue
      }
      if (failure !== undefined) throw closedError(peerId, failure)
      if (isEnded && stream.readBufferLength === 0) return false
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
    return true
  }

  let frameMemory = new Uint8Array(0)

  /** The next bytes, in memory that is used again. */
  const gathered = (length: number): Uint8Array => {
    if (frameMemory.length < length) frameMemory = new Uint8Array(length)
    let end = 0
    for (const chunk of received) {
      const part = chunk.length <= length - end ? chunk : chunk.subarray(0, length - end)
      frameMemory.set(part, end)
      end += part.length
      if (end === length) break
    }
    return frameMemory.subarray(0, length)
  }

  const readFrame = async (): Promise<Uint8Array | undefined> => {
    if (!(await receive(LENGTH_BYTES))) {
      if (received.byteLength === 0) return undefined
      throw closedError(peerId)
    }
    const length = received.getUint32(0)
    if (length > maxFrameBytes) {
      const error = tooLarge(length, maxFrameBytes, peerId)
      abort(error)
      throw error
    }
    if (!(await receive(LENGTH_BYTES + length))) throw closedError(peerId)
    received.consume(LENGTH_BYTES)
    const frame = reusesFrames ? gathered(length) : plainBytes(received.subarray(0, length))
    received.consume(length)
    if (received.byteLength < highWaterBytes / 2 && stream.readStatus === 'paused') resume()
    return frame
  }

  const writeFrame = async (parts: (Uint8Array | Uint8ArrayList)[]): Promise<void> => {
    const frame = new Uint8ArrayList(new Uint8Array(LENGTH_BYTES), ...parts)
    const length = frame.byteLength - LENGTH_BYTES
    if (length > maxSentFrameBytes) throw tooLarge(length, maxSentFrameBytes)
    frame.setUint32(0, length)
    if (failure !== undefined) throw closedError(peerId, failure)
    try {
      stream.send(frame)
      await drained(stream)
    } catch (error) {
      throw closedError(peerId, failure ?? error)
    }
  }

  const end = async (): Promise<void> => {
    try {
      await stream.close()
    } catch (error) {
      throw closedError(peerId, failure ?? error)
    }
  }

  const finish = async (): Promise<void> => {
    await end()
    if ((await readFrame()) === undefined) return
    const error = closedError(peerId, new Error('more was sent than the protocol asks for'))
    abort(error)
    throw error
  }

  const inTime = <Result>(what: string, work: Promise<Result>): Promise<Result> =>
    withDeadline(work, idleTimeoutMs, () => {
      const error = new P2PError('TIMED_OUT', {
        message: `Peer ${peerId} did not let us ${what} within ${idleTimeoutMs} ms`,
        facts: { peerId, timeoutMs: idleTimeoutMs },
      })
      abort(error)
      return error
    })

  stream.addEventListener('message', onMessage)
  stream.addEventListener('remoteCloseWrite', onRemoteEnd)
  stream.addEventListener('close', onClose)
  signal?.addEventListener('abort', onAbort)
  if (signal?.aborted) onAbort()

  return {
    peerId,
    read: () => inTime('read a frame', readFrame()),
    write: (...parts) => inTime('write a frame', writeFrame(parts)),
    end: () => inTime('end the stream', end()),
    finish: () => inTime('finish the stream', finish()),
    abort,
  }
}

const abortText = (signal: AbortSignal | undefined): string =>
  `The stream was given up: ${errorMessage(signal?.reason)}`

function tooLarge(bytes: number, maxBytes: number, peerId?: string): P2PError {
  return new P2PError('FRAME_TOO_LARGE', {
    message: `A frame of ${bytes} bytes is over the limit of ${maxBytes}`,
    hint: 'Send it in several frames; both sides must know the same limit.',
    facts: { peerId, bytes, maxBytes },
  })
}

function closedError(peerId: string, cause?: unknown): P2PError {
  if (cause instanceof P2PError) return cause
  const reason = cause === undefined ? 'it ended inside a frame' : errorMessage(cause)
  return new P2PError('STREAM_CLOSED', {
    message: `The stream with peer ${peerId} is closed: ${reason}`,
    hint: 'Open a new stream, or try another peer.',
    facts: { peerId },
    cause,
  })
}
