import type { FileDecipher } from '../crypto/fileCipher.ts'
import { type CellSlice, createFileLayout, type FileLayout } from '../protocol/fileLayout.ts'
import { CELL_BYTES } from '../protocol/fileLayoutShape.ts'
import { type BoundedCache, createBoundedCache } from '../util/boundedCache.ts'
import type { ClientContext } from './context.ts'
import type { StoredFile } from './findFile.ts'
import { readChecked } from './readChecked.ts'
import { createSegmentReader, type SegmentReader } from './segmentReader.ts'

/** The plaintext of a file, cell by cell out of its shards. */
export interface CellReader {
  /** Bytes inside the file. */
  read(offset: number, length: number, signal: AbortSignal): Promise<Uint8Array>
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

/** Cells kept for readers that take less than a cell at a time. */
const CACHED_CELLS = 32

export function createCellReader(options: CellReaderOptions): CellReader {
  const { context, file, decipher, onReceived } = options
  const layout = createFileLayout(file.manifest.shape)
  const segments = new Map<number, SegmentReader>()
  const cache: BoundedCache<Uint8Array> = createBoundedCache({ maxWeight: CACHED_CELLS })

  const segmentReader = (index: number): SegmentReader => {
    let reader = segments.get(index)
    if (reader === undefined) {
      const { fileId, manifest, secrets } = file
      reader = createSegmentReader({
        context,
        fileId,
        manifest,
        secrets,
        segment: layout.segment(index),
        replicas: file.replicas.get(index) ?? new Map(),
        ...(onReceived && { onReceived }),
      })
      segments.set(index, reader)
    }
    return reader
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
    const stripes = { firstStripe, stripeCount, wanted }
    const plaintexts = await readChecked(segmentReader(segment), stripes, signal, (shards) =>
      Promise.all(slices.map((slice) => decrypt(slice, shards, firstStripe))),
    )
    for (const [index, slice] of slices.entries()) {
      const plaintext = plaintexts[index]!
      if (slices.length === 1) cache.set(String(slice.cell), plaintext)
      into.set(plaintext.subarray(slice.from, slice.to), at)
      at += slice.to - slice.from
    }
  }

  return {
    async read(offset, length, signal) {
      const bytes = new Uint8Array(length)
      let at = 0
      for (const run of runsOf(layout, layout.cellsOfRange(offset, length))) {
        await readRun(run, bytes, at, signal)
        at += run.slices.reduce((sum, { from, to }) => sum + to - from, 0)
      }
      return bytes
    },
    async close() {
      await Promise.all([...segments.values()].map((segment) => segment.close()))
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
