import type { FileDecipher } from '../crypto/fileCipher.ts'
import { type CellSlice, createFileLayout, type FileLayout } from '../protocol/fileLayout.ts'
import { CELL_BYTES } from '../protocol/fileLayoutShape.ts'
import { type BoundedCache, createBoundedCache } from '../util/boundedCache.ts'
import { freeBytes } from '../util/freeBytes.ts'
import type { ClientContext } from './context.ts'
import type { StoredFile } from './findFile.ts'
import { readChecked } from './readChecked.ts'
import { createSegmentReader, type SegmentReader, type StripeRun } from './segmentReader.ts'

/** The plaintext of a file, cell by cell out of its shards. */
export interface CellReader {
  /** Reads bytes inside the file, as many as `into` has. */
  read(offset: number, into: Uint8Array, signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

export interface CellReaderOptions {
  context: ClientContext
  file: StoredFile
  decipher: FileDecipher
  onReceived?: (bytes: number) => void
}

/** Stripes that are read at once have about so many cells: 4 MiB. */
const CELLS_PER_RUN = 64

/** Segments that are kept open: one that is read to its end, the next, and some for readers that jump. */
const OPEN_SEGMENTS = 4

/** Cells kept for readers that take less than a cell at a time. */
const CACHED_CELLS = 32

interface OpenSegment {
  reader: SegmentReader
  /** Reads under way. */
  users: number
}

export function createCellReader(options: CellReaderOptions): CellReader {
  const { context, file, decipher, onReceived } = options
  const layout = createFileLayout(file.manifest.shape)
  const segments = new Map<number, OpenSegment>()
  const cache: BoundedCache<Uint8Array> = createBoundedCache({ maxWeight: CACHED_CELLS })

  /** The one used longest ago is closed for it, unless it is being read. */
  const openSegment = (index: number): OpenSegment => {
    const known = segments.get(index)
    segments.delete(index)
    const segment = known ?? { users: 0, reader: newReader(index) }
    segments.set(index, segment)
    for (const [oldest, { users, reader }] of segments) {
      if (segments.size <= OPEN_SEGMENTS) break
      if (users > 0 || oldest === index) continue
      segments.delete(oldest)
      void reader.close()
    }
    return segment
  }

  const newReader = (index: number): SegmentReader => {
    const { fileId, manifest, secrets } = file
    return createSegmentReader({
      context,
      fileId,
      manifest,
      secrets,
      segment: layout.segment(index),
      replicas: file.replicas.get(index) ?? new Map(),
      ...(onReceived && { onReceived }),
    })
  }

  const readCells = async <Result>(
    { segment: index, ...stripes }: StripeRun & { segment: number },
    signal: AbortSignal,
    use: (shards: Map<number, Uint8Array>) => Promise<Result>,
  ): Promise<Result> => {
    const segment = openSegment(index)
    segment.users++
    try {
      return await readChecked(segment.reader, stripes, signal, use)
    } finally {
      segment.users--
    }
  }

  const decrypt = async (
    slice: CellSlice,
    shards: Map<number, Uint8Array>,
    firstStripe: number,
  ) => {
    const { stripe, shard, sizeBytes } = layout.locateCell(slice.cell)
    const start = (stripe - firstStripe) * CELL_BYTES
    const cell = shards.get(shard)!.subarray(start, start + sizeBytes)
    return await decipher.decryptCell(slice.cell, slice.isLast, cell)
  }

  const readRun = async (
    { segment, firstStripe, stripeCount, slices }: CellRun,
    into: Uint8Array,
    at: number,
    signal: AbortSignal,
  ): Promise<void> => {
    const single = slices.length === 1 ? cache.get(String(slices[0]!.cell)) : undefined
    if (single !== undefined) {
      into.set(single.subarray(slices[0]!.from, slices[0]!.to), at)
      return
    }
    const wanted = [...new Set(slices.map(({ cell }) => layout.locateCell(cell).shard))]
    const stripes = { segment, firstStripe, stripeCount, wanted }
    const plaintexts = await readCells(stripes, signal, async (shards) => {
      const opening = slices.map((slice) => decrypt(slice, shards, firstStripe))
      await Promise.allSettled(opening)
      for (const shard of shards.values()) freeBytes(shard)
      return await Promise.all(opening)
    })
    for (const [index, slice] of slices.entries()) {
      const plaintext = plaintexts[index]!
      if (slices.length === 1) cache.set(String(slice.cell), plaintext)
      into.set(plaintext.subarray(slice.from, slice.to), at)
      if (slices.length > 1) freeBytes(plaintext)
      at += slice.to - slice.from
    }
  }

  return {
    async read(offset, into, signal) {
      let at = 0
      for (const run of runsOf(layout, layout.cellsOfRange(offset, into.length))) {
        await readRun(run, into, at, signal)
        at += run.slices.reduce((sum, { from, to }) => sum + to - from, 0)
      }
    },
    async close() {
      await Promise.all([...segments.values()].map(({ reader }) => reader.close()))
      segments.clear()
    },
  }
}

/** Cells of one segment that are read together: one stripe or a part of it, or a run of whole ones. */
interface CellRun {
  segment: number
  firstStripe: number
  stripeCount: number
  slices: CellSlice[]
}

/** Stripes that are not needed whole stand alone, so that no cell is read that was not asked for. */
export function runsOf(layout: FileLayout, slices: Iterable<CellSlice>): CellRun[] {
  const stripesPerRun = Math.max(1, Math.floor(CELLS_PER_RUN / layout.dataShards))
  const stripes: CellRun[] = []
  for (const slice of slices) {
    const { segment, stripe } = layout.locateCell(slice.cell)
    const last = stripes.at(-1)
    if (last?.segment === segment && last.firstStripe === stripe) last.slices.push(slice)
    else stripes.push({ segment, firstStripe: stripe, stripeCount: 1, slices: [slice] })
  }
  const isWhole = ({ slices: { length } }: CellRun): boolean => length === layout.dataShards
  const runs: CellRun[] = []
  for (const stripe of stripes) {
    const last = runs.at(-1)
    const joins =
      last?.segment === stripe.segment &&
      last.stripeCount < stripesPerRun &&
      last.slices.length === last.stripeCount * layout.dataShards &&
      isWhole(stripe)
    if (joins) {
      last.stripeCount++
      last.slices.push(...stripe.slices)
    } else runs.push(stripe)
  }
  return runs
}
