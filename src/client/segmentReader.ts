import type { Replica } from '../api/actions/getReplica.ts'
import { createErasureCode } from '../crypto/erasure/erasureCode.ts'
import type { SegmentLayout } from '../protocol/fileLayoutSegment.ts'
import { CELL_BYTES } from '../protocol/fileLayoutShape.ts'
import type { FileManifest, ManifestReplica } from '../protocol/fileManifest.ts'
import { rebuiltNonce } from '../protocol/rebuiltNonce.ts'
import { createReplicaLayout } from '../protocol/replicaLayout.ts'
import type { ClientContext } from './context.ts'
import { type FileSecrets, replicaIdentity } from './fileSecrets.ts'
import { raceShards } from './raceShards.ts'
import { explainReadFailure } from './readFailure.ts'
import { createReplicaReader, type ReplicaReader } from './replicaReader.ts'

/** One segment of a file, read from its farmers. */
export interface SegmentReader {
  /**
   * The stored bytes of data shards in a run of stripes, rebuilt from others where their farmers fail. Shards that
   * were not asked for may be among them. Throws `ClientError`.
   */
  readStripes(stripes: StripeRun, signal?: AbortSignal): Promise<Map<number, Uint8Array>>
  /** Shards of which only replicas are left that the manifest does not vouch for. */
  readonly unvouched: readonly number[]
  close(): Promise<void>
}

export interface StripeRun {
  firstStripe: number
  stripeCount: number
  /** Data shards, those of the cells that are needed. */
  wanted: readonly number[]
  /** Shards that are not read even so; what is wanted of them is rebuilt. */
  avoided?: readonly number[]
}

/** What a manifest says of the replicas it vouches for. */
export interface VouchedReplicas extends Pick<FileManifest, 'shape'> {
  segments: readonly (readonly (readonly VouchedReplica[])[])[]
}

export type VouchedReplica = Pick<ManifestReplica, 'root' | 'sealNonce'>

export interface SegmentReaderOptions {
  context: ClientContext
  fileId: string
  manifest: VouchedReplicas
  secrets: Pick<FileSecrets, 'replicaKeys'>
  segment: SegmentLayout
  /** The segment's replicas on chain, by shard. */
  replicas: ReadonlyMap<number, readonly Replica[]>
  onReceived?: (bytes: number) => void
}

/** A farmer that a shard is being read from, and what had come from it before. */
interface AskedFarmer {
  node: bigint
  receivedBytes: number
}

/** How long farmers may take before others are asked as well. */
const HEDGE_MS = 2_000

export function createSegmentReader(options: SegmentReaderOptions): SegmentReader {
  const { context, manifest, segment } = options
  const { dataShards, parityShards } = manifest.shape
  const readers = new Map<number, Promise<ReplicaReader>[]>()
  /** Bytes that came from each node. */
  const received = new Map<bigint, number>()

  const readersOf = (shard: number): Promise<ReplicaReader>[] => {
    let ofShard = readers.get(shard)
    if (ofShard === undefined) {
      const replicas = options.replicas.get(shard) ?? []
      ofShard = replicas.map((replica) =>
        openReader(options, shard, replica, (bytes) => {
          received.set(replica.node, (received.get(replica.node) ?? 0) + bytes)
          options.onReceived?.(bytes)
        }),
      )
      for (const reader of ofShard) reader.catch(() => {})
      readers.set(shard, ofShard)
    }
    return ofShard
  }

  const isVouched = (shard: number): boolean =>
    (options.replicas.get(shard) ?? []).some(
      (replica) => vouchedNonce(options, shard, replica) !== undefined,
    )
  const unvouched = [...options.replicas.keys()].filter((shard) => !isVouched(shard))

  /** Whoever made a replica that the manifest does not know may have made it of anything. */
  const doubtOf = (shard: number): number =>
    Math.min(
      ...(options.replicas.get(shard) ?? []).map(({ node }) => context.farmers.failuresOf(node)),
    ) + (unvouched.includes(shard) ? 1 : 0)

  /** From the shard's replicas, one after another. */
  const readShard = async (
    shard: number,
    start: number,
    end: number,
    signal: AbortSignal | undefined,
    asked: Map<number, AskedFarmer>,
  ): Promise<Uint8Array> => {
    let failure: unknown = new Error(`shard ${shard} has no replica`)
    for (const opening of readersOf(shard)) {
      let reader: ReplicaReader | undefined
      try {
        reader = await opening
        const { node } = reader.farmer
        asked.set(shard, { node, receivedBytes: received.get(node) ?? 0 })
        return await reader.read(start, end, signal)
      } catch (error) {
        if (signal?.aborted) throw error
        if (reader !== undefined) context.farmers.blame(reader.farmer.node)
        failure = error
      }
    }
    throw failure
  }

  /** A farmer may keep a read open without end: whoever sent nothing so far is not waited for next time. */
  const blameSilent = (farmer: AskedFarmer | undefined): void => {
    if (farmer === undefined || (received.get(farmer.node) ?? 0) > farmer.receivedBytes) return
    context.farmers.blame(farmer.node)
  }

  return {
    unvouched,
    async readStripes({ firstStripe, stripeCount, wanted, avoided = [] }, signal) {
      const start = firstStripe * CELL_BYTES
      const endOf = (shard: number): number =>
        Math.min(segment.shardBytes(shard), (firstStripe + stripeCount) * CELL_BYTES)
      const shards = Array.from({ length: segment.shardCount }, (_, shard) => shard)
      const isStored = (shard: number): boolean => endOf(shard) > start
      const isReadable = (shard: number): boolean => isStored(shard) && !avoided.includes(shard)
      const spare = shards
        .filter((shard) => isReadable(shard) && !wanted.includes(shard))
        .sort((one, other) => doubtOf(one) - doubtOf(other))
      const asked = new Map<number, AskedFarmer>()
      const result = await raceShards({
        wanted: wanted.filter(isReadable),
        spare,
        needed: dataShards,
        known: shards.filter((shard) => shard < dataShards && !isStored(shard)).length,
        // Who lost the race is read to its end: what is on its way has to be paid in any case.
        read: (shard) => readShard(shard, start, endOf(shard), signal, asked),
        onSlow: (shard) => blameSilent(asked.get(shard)),
        isDoubtful: (shard) => doubtOf(shard) > 0,
        hedgeMs: HEDGE_MS,
        signal,
      })
      const missing = wanted.filter((shard) => isStored(shard) && !result.shards.has(shard))
      if (missing.length === 0) return result.shards
      const lengthBytes = endOf(dataShards + parityShards - 1) - start
      const present = shards.map((shard) =>
        isStored(shard)
          ? padded(result.shards.get(shard), lengthBytes)
          : new Uint8Array(lengthBytes),
      )
      if (present.filter((shard) => shard !== undefined).length < dataShards) {
        throw explainReadFailure(result.failures, {
          found: result.shards.size,
          needed: dataShards,
          fileId: options.fileId,
        })
      }
      const data = createErasureCode({ dataShards, parityShards }).reconstructData(present)
      return new Map(data.map((bytes, shard) => [shard, bytes.subarray(0, endOf(shard) - start)]))
    },
    async close() {
      const open = [...readers.values()].flat()
      readers.clear()
      await Promise.allSettled(open.map(async (reader) => (await reader).close()))
    },
  }
}

/** A shard as the code counts it: filled up with zeros. */
function padded(bytes: Uint8Array | undefined, lengthBytes: number): Uint8Array | undefined {
  if (bytes === undefined || bytes.length === lengthBytes) return bytes
  const filled = new Uint8Array(lengthBytes)
  filled.set(bytes)
  return filled
}

/** The nonce of a replica by the manifest; undefined for one that was made since, of which the chain alone tells. */
export function vouchedNonce(
  { manifest, segment }: { manifest: VouchedReplicas; segment: Pick<SegmentLayout, 'index'> },
  shard: number,
  { root }: Pick<Replica, 'root'>,
): Uint8Array | undefined {
  const text = root.toLowerCase()
  const entry = manifest.segments[segment.index]?.[shard]?.find(
    (each) => `0x${Buffer.from(each.root).toString('hex')}` === text,
  )
  return entry?.sealNonce
}

async function openReader(
  options: SegmentReaderOptions,
  shard: number,
  replica: Replica,
  onReceived: (bytes: number) => void,
): Promise<ReplicaReader> {
  const { context, fileId, secrets, segment } = options
  const farmer = await context.farmers.farmerOf(replica.node)
  return createReplicaReader({
    context,
    replica,
    farmer,
    keys: secrets.replicaKeys,
    identity: replicaIdentity(
      fileId,
      { segment: segment.index, shard },
      farmer.account,
      vouchedNonce(options, shard, replica) ?? rebuiltNonce(replica.node),
    ),
    layout: createReplicaLayout(segment.shardBytes(shard)),
    onReceived,
  })
}
