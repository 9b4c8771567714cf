import { proofPositions } from '../../crypto/merkle/proof.ts'
import type { FramedStream } from '../../p2p/framedStream.ts'
import type { Host } from '../../p2p/host.ts'
import {
  LEAF_BYTES,
  MAX_LEAVES_PER_FRAME,
  MAX_MESSAGE_BYTES,
  READ_PROTOCOL,
} from '../shardProtocol/limits.ts'
import { batchesOf } from '../shardProtocol/ranges.ts'
import { decodeReaderMessage, encodeDue, LEAVES_TAG } from '../shardProtocol/readMessages.ts'
import { badMessage } from '../shardProtocol/wire.ts'
import type { FarmerChain } from './chain.ts'
import type { FarmerMetrics } from './metrics.ts'
import type { ReplicaReader } from './openReplica.ts'
import { createReadInbox, type ReadInbox } from './readInbox.ts'
import { readLeaves } from './readLeaves.ts'
import { termExpired } from './refusals.ts'
import { refuse, refusing } from './refusing.ts'
import type { ReplicaStore } from './replicaStore.ts'
import type { MeteredStream, TrafficMeter } from './trafficMeter.ts'

export interface ReadServerOptions {
  host: Host
  store: ReplicaStore
  chain: Pick<FarmerChain, 'now'>
  meter: TrafficMeter
  metrics: FarmerMetrics
  idleTimeoutMs?: number
  /** Streams of one connection; a client reads several replicas at once. */
  maxInboundStreams?: number
}

/** Serves `/genaro/read/1.0.0`: leaves with their proofs, for receipts. */
export async function serveReads(options: ReadServerOptions): Promise<void> {
  const { host, store, chain, meter, metrics, idleTimeoutMs, maxInboundStreams = 32 } = options

  const serve = async (stream: FramedStream): Promise<void> => {
    const frame = await stream.read()
    if (frame === undefined) return
    const open = decodeReaderMessage(frame)
    if (open.kind !== 'open') throw badMessage('first message', 'it must open a replica')
    const reader = await openReplica(open.replicaId)
    try {
      const metered = await meter.join(open.receipt)
      try {
        await answerReads(stream, reader, metered)
      } finally {
        metered.leave()
      }
    } finally {
      await reader.close()
    }
  }

  const openReplica = async (id: string): Promise<ReplicaReader> => {
    const record = store.get(id)
    if (record !== undefined && record.offer.endTime <= chain.now()) {
      throw termExpired(id, record.offer.endTime)
    }
    return store.openForReading(id)
  }

  /** Receipts are taken in while leaves go out, so neither waits for the other. */
  const answerReads = async (
    stream: FramedStream,
    reader: ReplicaReader,
    metered: MeteredStream,
  ): Promise<void> => {
    const inbox = createReadInbox(stream, reader.leafCount, metered)
    try {
      await serveAll(stream, reader, metered, inbox)
    } catch (error) {
      await refuse(stream, error, metrics)
      await inbox.drain()
    }
  }

  const serveAll = async (
    stream: FramedStream,
    reader: ReplicaReader,
    metered: MeteredStream,
    inbox: ReadInbox,
  ): Promise<void> => {
    for (;;) {
      const ranges = await inbox.next()
      if (ranges === undefined) return
      for (const indices of batchesOf(ranges)) {
        const bytes = indices.length * LEAF_BYTES
        await metered.spend(bytes, (countedBytes) => stream.write(encodeDue(countedBytes)))
        const leaves = await readLeaves(reader, indices)
        const proof = proofPositions(reader.leafCount, indices).map(reader.tree.node)
        await stream.write(LEAVES_TAG, ...leaves, ...proof)
        metrics.servedBytes(bytes)
      }
    }
  }

  await host.handle(READ_PROTOCOL, refusing(serve, metrics), {
    maxFrameBytes: MAX_MESSAGE_BYTES,
    maxSentFrameBytes: MAX_LEAVES_PER_FRAME * 2 * LEAF_BYTES,
    maxInboundStreams,
    rate: { perSecond: 200, burst: 1_000 },
    ...(idleTimeoutMs === undefined ? {} : { idleTimeoutMs }),
  })
}
