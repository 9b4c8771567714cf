import { P2PError } from '../../p2p/errors.ts'
import type { FramedStream } from '../../p2p/framedStream.ts'
import type { StreamServer } from '../../p2p/host.ts'
import { errorMessage, GenaroError } from '../../util/errors.ts'
import { StorageError } from '../errors.ts'
import { encodeRefusal, isRefusalCode } from '../shardProtocol/refusal.ts'
import type { FarmerMetrics } from './metrics.ts'

/** What the sender may still have on its way when it is refused: a window of the muxer, twice. */
export const MAX_DRAINED_BYTES = 4 << 20

/** A stream's server whose errors become refusals in words. */
export const refusing =
  (serve: StreamServer, metrics: FarmerMetrics): StreamServer =>
  async (stream) => {
    try {
      await serve(stream)
    } catch (error) {
      await refuse(stream, error, metrics)
      await drain(stream)
    }
  }

/**
 * Tells a peer why its request failed. What broke inside the farmer is told as `UNAVAILABLE` only. Rethrows what
 * needs no answer: a broken stream, and malformed messages, which are held against the peer.
 */
export async function refuse(
  stream: FramedStream,
  error: unknown,
  metrics: FarmerMetrics,
): Promise<void> {
  if (error instanceof P2PError) throw error
  if (error instanceof StorageError && error.code === 'BAD_MESSAGE') {
    metrics.refused('BAD_MESSAGE')
    throw badMessage(stream.peerId, error)
  }
  metrics.refused(codeOf(error), error)
  await stream.write(encodeRefusal(error))
}

const codeOf = (error: unknown): string =>
  error instanceof GenaroError && isRefusalCode(error.code) ? error.code : 'UNAVAILABLE'

/** Breaking off while the peer sends could overtake the refusal, so a little more is taken and dropped. */
async function drain(stream: FramedStream): Promise<void> {
  for (let bytes = 0; bytes < MAX_DRAINED_BYTES; ) {
    const frame = await stream.read()
    if (frame === undefined) return
    bytes += Math.max(frame.length, 1_024)
  }
}

const badMessage = (peerId: string, cause: unknown): P2PError =>
  new P2PError('BAD_MESSAGE', {
    message: `Peer ${peerId} sent a message that does not decode: ${errorMessage(cause)}`,
    facts: { peerId },
    cause,
  })
