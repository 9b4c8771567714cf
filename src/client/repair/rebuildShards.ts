import { mkdir, open } from 'node:fs/promises'
import type { Replica } from '../../api/actions/getReplica.ts'
import { createErasureCode } from '../../crypto/erasure/erasureCode.ts'
import type { FileDecipher } from '../../crypto/fileCipher.ts'
import type { SegmentLayout } from '../../protocol/fileLayoutSegment.ts'
import { CELL_BYTES } from '../../protocol/fileLayoutShape.ts'
import type { ClientContext } from '../context.ts'
import { throwIfAborted } from '../errors.ts'
import { readChecked } from '../readChecked.ts'
import { createSegmentReader } from '../segmentReader.ts'
import { type SegmentShards, segmentShards } from '../upload/encodeSegment.ts'
import type { RepairTarget } from './target.ts'

export interface RebuildOptions {
  segment: number
  /** Shards to write into files. */
  wanted: readonly number[]
  /** Replicas to read from, by shard. */
  replicas: ReadonlyMap<number, readonly Replica[]>
  /** Shards that are not read. */
  avoided: readonly number[]
  directory: string
  /** Tells cells that were changed; who has no file key cannot, and goes by what is vouched for. */
  decipher?: FileDecipher | undefined
  onReceived: (bytes: number) => void
  signal: AbortSignal
}

/** Data that is in memory at a time; parity comes on top. */
const RUN_BYTES = 8 << 20

/**
 * Writes shards of a segment into files, rebuilt from any that are enough, stripe by stripe: no key of the file is
 * needed, since shards are of encrypted bytes. Throws `ClientError` `FILE_DAMAGED`, `NO_TRAFFIC`, `ABORTED`.
 */
export async function rebuildShards(
  context: ClientContext,
  target: RepairTarget,
  options: RebuildOptions,
): Promise<SegmentShards> {
  const { layout, fileId, secrets, vouched } = target
  const { directory, wanted, avoided, replicas, onReceived, decipher, signal } = options
  const { dataShards, parityShards } = layout
  const segment = layout.segment(options.segment)
  const reader = createSegmentReader({
    context,
    fileId,
    manifest: { shape: layout, segments: vouched },
    secrets,
    segment,
    replicas,
    onReceived,
  })
  const files = segmentShards(directory)
  await files.remove()
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const handles = await Promise.all(
    wanted.map(async (shard) => ({ shard, file: await open(files.shardFile(shard), 'w', 0o600) })),
  )
  const code = createErasureCode({ dataShards, parityShards })
  const data = Array.from({ length: dataShards }, (_, shard) => shard)
  const stripesPerRun = Math.max(1, Math.floor(RUN_BYTES / (dataShards * CELL_BYTES)))
  try {
    for (let first = 0; first < segment.stripeCount; first += stripesPerRun) {
      throwIfAborted(signal)
      const stripeCount = Math.min(stripesPerRun, segment.stripeCount - first)
      const stripes = { firstStripe: first, stripeCount, wanted: data, avoided }
      const read = await readChecked(reader, stripes, signal, async (shards) => {
        if (decipher && reader.unvouched.length > 0) {
          await expectCells(target, segment, { shards, first, stripeCount, decipher })
        }
        return shards
      })
      const rows = rowsOf(read, dataShards + parityShards, stripeCount * CELL_BYTES)
      if (wanted.some((shard) => shard >= dataShards)) {
        code.encode(rows.slice(0, dataShards), rows.slice(dataShards))
      }
      const start = first * CELL_BYTES
      for (const { shard, file } of handles) {
        const sizeBytes = Math.min(rows[shard]!.length, segment.shardBytes(shard) - start)
        if (sizeBytes > 0) await file.writeFile(rows[shard]!.subarray(0, sizeBytes))
      }
    }
    return files
  } catch (error) {
    await files.remove()
    throw error
  } finally {
    await Promise.all(handles.map(({ file }) => file.close()))
    await reader.close()
  }
}

/** Shards as the code counts them: filled up with zeros. Parity that came along is made anew. */
function rowsOf(
  read: ReadonlyMap<number, Uint8Array>,
  count: number,
  lengthBytes: number,
): Uint8Array[] {
  return Array.from({ length: count }, (_, shard) => {
    const bytes = read.get(shard)
    if (bytes?.length === lengthBytes) return bytes
    const row = new Uint8Array(lengthBytes)
    if (bytes !== undefined) row.set(bytes)
    return row
  })
}

/** Throws when a cell of the data does not open. */
async function expectCells(
  { layout }: RepairTarget,
  segment: SegmentLayout,
  {
    shards,
    first,
    stripeCount,
    decipher,
  }: {
    shards: ReadonlyMap<number, Uint8Array>
    first: number
    stripeCount: number
    decipher: FileDecipher
  },
): Promise<void> {
  for (let stripe = first; stripe < first + stripeCount; stripe++) {
    for (let shard = 0; shard < layout.dataShards; shard++) {
      const sizeBytes = segment.cellBytes(stripe, shard)
      if (sizeBytes === 0) continue
      const cell = segment.firstCell + stripe * layout.dataShards + shard
      const start = (stripe - first) * CELL_BYTES
      const bytes = shards.get(shard)!.subarray(start, start + sizeBytes)
      await decipher.decryptCell(cell, cell === layout.cellCount - 1, bytes)
    }
  }
}
