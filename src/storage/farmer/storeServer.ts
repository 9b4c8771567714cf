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
    if (store.get(id)?.state === 'receiving' || store.get(id) === undefined) {
      await admission.expectGood(id, request, stream.peerId)
    }
    const receiving = await store.receive(id, offer)
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
    // A folder of small files is many small replicas.
    rate: { perSecond: 100, burst: 500 },
    ...(idleTimeoutMs === undefined ? {} : { idleTimeoutMs }),
  })

  async function takeBytes(stream: FramedStream, receiving: Receiving): Promise<void> {
    for (;;) {
      const leaves = await stream.read()
      if (leaves === undefined) return
      if (leaves.length === 0) throw busy('an empty frame brings nothing')
      await receiving.append(leaves)
      metrics.receivedBytes(leaves.length)
      await answer(stream, { kind: 'received', receivedBytes: BigInt(receiving.receivedBytes) })
    }
  }
}

const answer = (stream: FramedStream, message: StoreAnswer): Promise<void> =>
  stream.write(encodeStoreAnswer(message))

async function readRequest(stream: FramedStream) {
  const frame = await stream.read()
  return frame && decodeStoreRequest(frame)
}
