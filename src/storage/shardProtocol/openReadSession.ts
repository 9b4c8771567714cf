import { type MerkleProof, proofPositions, verifyMerkleProof } from '../../crypto/merkle/proof.ts'
import type { FramedStream } from '../../p2p/framedStream.ts'
import type { Host, PeerTarget } from '../../p2p/host.ts'
import type { SignedTrafficReceipt } from '../../protocol/receipts.ts'
import { StorageError } from '../errors.ts'
import {
  LEAF_BYTES,
  MAX_LEAVES_PER_FRAME,
  MAX_MESSAGE_BYTES,
  MAX_UNPAID_BYTES,
  READ_PROTOCOL,
  RECEIPT_EVERY_BYTES,
} from './limits.ts'
import { batchesOf, expectRanges, type LeafRange } from './ranges.ts'
import { decodeFarmerMessage, encodeReaderMessage } from './readMessages.ts'
import { decodeRefusal, REFUSED } from './refusal.ts'

/**
 * The buyer's side of the account with one farmer. One may serve many sessions with the farmer at once. It must
 * be durable: a receipt is never signed for fewer bytes than an earlier one.
 */
export interface TrafficChannel {
  /** All bytes signed for so far. */
  readonly signedBytes: bigint
  /** Signs for so many bytes more, 0 for the latest receipt again. */
  sign(moreBytes: bigint): Promise<SignedTrafficReceipt>
}

/** Leaves that lead to the replica's root. */
export interface VerifiedLeaves {
  indices: readonly number[]
  /** 1 KiB each, one after another. */
  leaves: Uint8Array
}

/** A replica open for reading at one farmer, over one stream. One read at a time. */
export interface ReadSession {
  /**
   * Reads leaves in order, each checked against the root. Throws `StorageError` with the farmer's refusal, or
   * `BAD_LEAVES`, `BAD_MESSAGE`, `OVERCHARGED`, `BAD_RANGE`, and `P2PError` when the connection fails; the
   * session is over then.
   */
  read(ranges: readonly LeafRange[]): AsyncGenerator<VerifiedLeaves>
  /** Pays for what was read, and ends the stream. */
  close(): Promise<void>
}

export interface ReadSessionOptions {
  /** The replica as the chain knows it. */
  replica: { id: string; root: Uint8Array; leafCount: number }
  channel: TrafficChannel
  signal?: AbortSignal
  idleTimeoutMs?: number
  /** Gives all leaves in the same memory, so that they are good until the next ones only; false by default. */
  reusesLeaves?: boolean
  /** Checks a proof; in this thread by default. */
  verify?: (root: Uint8Array, proof: MerkleProof) => void | Promise<void>
}

const HASH_BYTES = 32

/** Leaves far from each other need about 20 hashes each; with neighbours proofs are far shorter. */
const MAX_LEAVES_FRAME_BYTES = MAX_LEAVES_PER_FRAME * (LEAF_BYTES + 20 * HASH_BYTES) + 1

/** Opens a replica for reading. The farmer's refusal, if any, comes with the first read. */
export async function openReadSession(
  host: Host,
  peer: PeerTarget,
  options: ReadSessionOptions,
): Promise<ReadSession> {
  const { replica, channel, signal, idleTimeoutMs, verify = verifyMerkleProof } = options
  const { reusesLeaves = false } = options
  const stream = await host.openStream(peer, READ_PROTOCOL, {
    signal,
    maxFrameBytes: MAX_LEAVES_FRAME_BYTES,
    maxSentFrameBytes: MAX_MESSAGE_BYTES,
    reusesFrames: reusesLeaves,
    ...(idleTimeoutMs === undefined ? {} : { idleTimeoutMs }),
  })
  let unsignedBytes = 0

  const giveUp = (error: unknown): never => {
    stream.abort(error instanceof Error ? error : new Error(String(error)))
    throw error
  }

  const pay = async (moreBytes: number): Promise<void> => {
    unsignedBytes = 0
    const receipt = await channel.sign(BigInt(moreBytes))
    await stream.write(encodeReaderMessage({ kind: 'receipt', receipt }))
  }

  /** What the farmer counts beyond our receipts was lost on the way of a broken stream: paid within a limit. */
  const settle = async (countedBytes: bigint): Promise<void> => {
    if (unsignedBytes > 0) return await pay(unsignedBytes)
    const gap = countedBytes - channel.signedBytes
    if (gap > MAX_UNPAID_BYTES) throw overcharged(stream.peerId, gap)
    await pay(gap > 0n ? Number(gap) : 0)
  }

  const nextLeaves = async (): Promise<Uint8Array> => {
    for (;;) {
      const frame = await stream.read()
      if (frame === undefined) throw badLeaves(stream.peerId, 'it ended before all leaves came')
      if (frame[0] === REFUSED) throw decodeRefusal(stream.peerId, frame)
      const message = decodeFarmerMessage(frame)
      if (message.kind === 'leaves') return message.body
      await settle(message.countedBytes)
    }
  }

  async function* read(ranges: readonly LeafRange[]): AsyncGenerator<VerifiedLeaves> {
    expectRanges(ranges, replica.leafCount)
    let isDone = false
    try {
      await stream.write(encodeReaderMessage({ kind: 'read', ranges: [...ranges] }))
      const batches = [...batchesOf(ranges)]
      for (const [at, indices] of batches.entries()) {
        const proof = splitBody(stream.peerId, await nextLeaves(), replica.leafCount, indices)
        await verify(replica.root, proof)
        unsignedBytes += proof.leaves.length
        if (unsignedBytes >= RECEIPT_EVERY_BYTES) await pay(unsignedBytes)
        isDone = at === batches.length - 1
        yield { indices, leaves: proof.leaves }
      }
    } catch (error) {
      giveUp(error)
    } finally {
      if (!isDone) abandon(stream)
    }
  }

  try {
    const receipt = await channel.sign(0n)
    await stream.write(encodeReaderMessage({ kind: 'open', replicaId: replica.id, receipt }))
  } catch (error) {
    giveUp(error)
  }

  return {
    read,
    async close() {
      try {
        if (unsignedBytes > 0) await pay(unsignedBytes)
        await stream.finish()
      } catch (error) {
        giveUp(error)
      }
    },
  }
}

/** A reader that stops in the middle leaves frames on the way that nobody will read. */
const abandon = (stream: FramedStream): void =>
  stream.abort(new StorageError('ABORTED', { message: 'The reader went away' }))

function splitBody(
  peerId: string,
  body: Uint8Array,
  leafCount: number,
  indices: readonly number[],
): MerkleProof {
  const leavesBytes = indices.length * LEAF_BYTES
  const hashCount = proofPositions(leafCount, indices).length
  if (body.length !== leavesBytes + hashCount * HASH_BYTES) {
    throw badLeaves(peerId, `${indices.length} leaves came as ${body.length} bytes`)
  }
  const hashes = Array.from({ length: hashCount }, (_, at) => {
    const start = leavesBytes + at * HASH_BYTES
    return body.subarray(start, start + HASH_BYTES)
  })
  return { leafCount, indices, leaves: body.subarray(0, leavesBytes), hashes }
}

const badLeaves = (peerId: string, what: string): StorageError =>
  new StorageError('BAD_LEAVES', {
    message: `Farmer ${peerId} did not send the leaves it was asked for: ${what}`,
    hint: 'Read from another farmer.',
    facts: { peerId },
  })

const overcharged = (peerId: string, gapBytes: bigint): StorageError =>
  new StorageError('OVERCHARGED', {
    message: `Farmer ${peerId} counts ${gapBytes} bytes more than were received`,
    hint: 'Read from another farmer.',
    facts: { peerId, gapBytes },
  })
