import { P2PError } from '../../p2p/errors.ts'
import type { FramedStream } from '../../p2p/framedStream.ts'
import type { Host, PeerTarget } from '../../p2p/host.ts'
import type { ReplicaOffer } from '../../protocol/replicaContract.ts'
import { StorageError } from '../errors.ts'
import { LEAF_BYTES, MAX_MESSAGE_BYTES, MAX_STORE_FRAME_BYTES, STORE_PROTOCOL } from './limits.ts'
import type { PeerGrant } from './peerGrant.ts'
import { decodeRefusal, REFUSED } from './refusal.ts'
import { decodeStoreAnswer, encodeStoreRequest, type StoreAnswer } from './storeMessages.ts'

export interface StoreReplicaOptions {
  offer: ReplicaOffer
  grant: PeerGrant
  /** The replica's bytes from one on, in pieces of any size. */
  source(fromByte: number): AsyncIterable<Uint8Array>
  /** Called with all bytes the farmer has written to its disk. */
  onReceived?: (receivedBytes: number) => void
  signal?: AbortSignal
  idleTimeoutMs?: number
}

/**
 * Stores a replica with a farmer, going on where an earlier try ended, and returns the farmer's signature of the
 * offer: 65 bytes. Who signed is for the caller to check. Throws `StorageError` with the farmer's refusal, or
 * `BAD_ANSWER` and `BAD_MESSAGE` for what no farmer says, and `P2PError` when the connection fails.
 */
export async function storeReplica(
  host: Host,
  peer: PeerTarget,
  { offer, grant, source, onReceived = () => {}, signal, idleTimeoutMs }: StoreReplicaOptions,
): Promise<Uint8Array> {
  const stream = await host.openStream(peer, STORE_PROTOCOL, {
    signal,
    maxFrameBytes: MAX_MESSAGE_BYTES,
    maxSentFrameBytes: MAX_STORE_FRAME_BYTES,
    ...(idleTimeoutMs === undefined ? {} : { idleTimeoutMs }),
  })
  try {
    await stream.write(encodeStoreRequest({ offer, grant }))
    const from = readResume(stream.peerId, await readAnswer(stream), Number(offer.sizeBytes))
    onReceived(from)
    // The farmer may refuse half way: its answers are read while we send, or we would wait for each other.
    const sending = sendBytes(stream, source(from))
    const [signature] = await Promise.all([readSignature(stream, onReceived), sending])
    await stream.finish()
    return signature
  } catch (error) {
    stream.abort(error instanceof Error ? error : new Error(String(error)))
    throw error
  }
}

async function readAnswer(stream: FramedStream): Promise<StoreAnswer> {
  const frame = await stream.read()
  if (frame === undefined) throw badAnswer(stream.peerId, 'it ended without an answer')
  if (frame[0] === REFUSED) throw decodeRefusal(stream.peerId, frame)
  return decodeStoreAnswer(frame)
}

function readResume(peerId: string, answer: StoreAnswer, sizeBytes: number): number {
  const from = answer.kind === 'accepted' ? Number(answer.resumeFrom) : Number.NaN
  if (from >= 0 && from <= sizeBytes && from % LEAF_BYTES === 0) return from
  throw badAnswer(peerId, 'it did not say which byte to go on from')
}

async function sendBytes(stream: FramedStream, source: AsyncIterable<Uint8Array>): Promise<void> {
  try {
    for await (const piece of source) {
      for (let start = 0; start < piece.length; start += MAX_STORE_FRAME_BYTES) {
        await stream.write(piece.subarray(start, start + MAX_STORE_FRAME_BYTES))
      }
    }
    await stream.end()
  } catch (error) {
    if (error instanceof P2PError) throw error
    // A source that fails ends the wait for answers too, and keeps its own words.
    stream.abort(new StorageError('ABORTED', { message: 'The source failed', cause: error }))
    throw error
  }
}

async function readSignature(
  stream: FramedStream,
  onReceived: (receivedBytes: number) => void,
): Promise<Uint8Array> {
  for (;;) {
    const answer = await readAnswer(stream)
    if (answer.kind === 'signed') return answer.signature
    if (answer.kind === 'accepted') throw badAnswer(stream.peerId, 'it accepted twice')
    onReceived(Number(answer.receivedBytes))
  }
}

const badAnswer = (peerId: string, what: string): StorageError =>
  new StorageError('BAD_ANSWER', {
    message: `Farmer ${peerId} broke the protocol: ${what}`,
    hint: 'Use another farmer.',
    facts: { peerId },
  })
