import { hexToBytes } from '@ethereumjs/util'
import type { FramedStream } from '../../p2p/framedStream.ts'
import type { Host } from '../../p2p/host.ts'
import { type ReplicaOffer, replicaIdOf } from '../../protocol/replicaContract.ts'
import {
  MAX_MESSAGE_BYTES,
  MAX_STORE_FRAME_BYTES,
  STORE_PROTOCOL,
} from '../shardProtocol/limits.ts'
import {
  decodeStoreRequest,
  encodeStoreAnswer,
  type StoreAnswer,
} from '../shardProtocol/storeMessages.ts'
import type { Admission } from './admission.ts'
import type { FarmerMetrics } from './metrics.ts'
import type { Receiving } from './receiving.ts'
import { busy } from './refusals.ts'
import { refusing } from './refusing.ts'
import type { ReplicaStore } from './replicaStore.ts'

export interface StoreServerOptions {
  host: Host
  store: ReplicaStore
  admission: Admission
  metrics: FarmerMetrics
  sign(offer: ReplicaOffer): Promise<string>
  idleTimeoutMs?: number
  /** Streams of one connection; a client stores several shards at once. */
  maxInboundStreams?: number
}

/** Serves `/genaro/store/1.0.0`: takes replicas that somebody pays for. */
export async function serveStore(options: StoreServerOptions): Promise<void> {
  const { host, store, admission, metrics, sign, idleTimeoutMs, maxInboundStreams = 16 } = options

  const serve = async (stream: FramedStream): Promise<void> => {
    const request = await readRequest(stream)
    if (request === undefined) return
    const { offer } = request
    const id = replicaIdOf(offer)
    // A replica we have signed is answered from the record: its bucket may be full by now, of this very replica.
    const isTaken = ![undefined, 'receiving'].includes(store.get(id)?.state)
    // Damaged, it is taken anew, which is for those alone whose it is.
    if (store.isDamaged(id)) await admission.expectManager(request, stream.peerId)
    const expectRoom = isTaken ? undefined : await admission.expectGood(id, request, stream.peerId)
    const receiving = await store.receive(id, offer, expectRoom)
    try {
      await answer(stream, { kind: 'accepted', resumeFrom: BigInt(receiving.receivedBytes) })
      await takeBytes(stream, receiving)
      const signature = await receiving.finish(() => sign(offer))
      await answer(stream, { kind: 'signed', signature: hexToBytes(signature as `0x${string}`) })
    } finally {
      await receiving.end()
    }
  }

  await host.handle(STORE_PROTOCOL, refusing(serve, metrics), {
    maxFrameBytes: MAX_STORE_FRAME_BYTES,
    maxSentFrameBytes: MAX_MESSAGE_BYTES,
    maxInboundStreams,
    // Each is on the disk and hashed before the next is taken.
    reusesFrames: true,
    // A folder of small files is many small replicas.
    rate: { perSecond: 100, burst: 500 },
    ...(idleTimeoutMs === undefined ? {} : { idleTimeoutMs }),
  })

  async function takeBytes(stream: FramedStream, receiving: Receiving): Promise<void> {
    const startedAt = performance.now()
    let bytes = 0
    for (;;) {
      const leaves = await stream.read()
      if (leaves === undefined) return
      bytes += leaves.length
      expectPace(bytes, performance.now() - startedAt, idleTimeoutMs)
      if (leaves.length === 0) throw busy('an empty frame brings nothing')
      await receiving.append(leaves)
      metrics.receivedBytes(leaves.length)
      await answer(stream, { kind: 'received', receivedBytes: BigInt(receiving.receivedBytes) })
    }
  }
}

const DEFAULT_IDLE_TIMEOUT_MS = 30_000

/** A sender slower than this holds a place that others wait for; what came of it stays. */
const MIN_BYTES_PER_SECOND = 16_384

function expectPace(bytes: number, elapsedMs: number, graceMs = DEFAULT_IDLE_TIMEOUT_MS): void {
  if (elapsedMs <= graceMs || (bytes * 1_000) / elapsedMs >= MIN_BYTES_PER_SECOND) return
  throw busy(`${bytes} bytes in ${Math.round(elapsedMs / 1_000)} s are too slow`)
}

const answer = (stream: FramedStream, message: StoreAnswer): Promise<void> =>
  stream.write(encodeStoreAnswer(message))

async function readRequest(stream: FramedStream) {
  const frame = await stream.read()
  return frame && decodeStoreRequest(frame)
}
