import { FileLayoutError } from './fileLayoutErrors.ts'
import { createSegmentLayout, type SegmentLayout } from './fileLayoutSegment.ts'
import {
  CELL_BYTES,
  CELL_PLAINTEXT_BYTES,
  checkFileShape,
  type FileShape,
} from './fileLayoutShape.ts'

/**
 * Where every byte of a file lies (SPEC 7). The ciphertext is cells of 64 KiB, the last of which may be shorter.
 * Segments are runs of cells, all of `segmentBytes` but the last. In a segment, stripe s is the cells
 * s·k … s·k+k−1; its cell j goes to shard j, and m cells of parity go to the shards behind. All follows from the
 * file's size and shape.
 */
export interface FileLayout extends FileShape {
  readonly cellCount: number
  readonly ciphertextBytes: number
  readonly segmentCount: number
  /** Throws FileLayoutError OUT_OF_RANGE, as all of these do for what the file does not have. */
  segment(index: number): SegmentLayout
  /** The stored bytes of a cell. */
  cellBytes(cell: number): number
  /** Where a cell is stored. */
  locateCell(cell: number): CellPlace
  /** Which cell is stored there: undefined in parity shards. `offset` is any byte of it. */
  cellAt(place: { segment: number; shard: number; offset: number }): number | undefined
  /** The cells of plaintext bytes, and what of each to take. An empty range has none. */
  cellsOfRange(start: number, lengthBytes: number): Iterable<CellSlice>
}

/** A cell's place: bytes `offset` to `offset + sizeBytes` of a shard. */
export interface CellPlace {
  segment: number
  stripe: number
  shard: number
  offset: number
  sizeBytes: number
}

/** Bytes `from` to `to` of a cell's plaintext. */
export interface CellSlice {
  cell: number
  isLast: boolean
  from: number
  to: number
}

/** Throws FileLayoutError BAD_SIZE or BAD_CODE for shapes that no file has. */
export function createFileLayout(shape: FileShape): FileLayout {
  checkFileShape(shape)
  const { plaintextBytes, dataShards, parityShards, segmentBytes } = shape
  const cellCount = Math.max(1, Math.ceil(plaintextBytes / CELL_PLAINTEXT_BYTES))
  const ciphertextBytes = plaintextBytes + cellCount * (CELL_BYTES - CELL_PLAINTEXT_BYTES)
  const segmentCells = segmentBytes / CELL_BYTES
  const segmentCount = Math.ceil(cellCount / segmentCells)
  const lastCell = cellCount - 1

  const segment = (index: number): SegmentLayout => {
    expectBelow('segment', index, segmentCount)
    const firstCell = index * segmentCells
    const start = index * segmentBytes
    return createSegmentLayout({
      index,
      firstCell,
      ciphertextBytes: Math.min(segmentBytes, ciphertextBytes - start),
      dataShards,
      parityShards,
    })
  }

  const cellBytes = (cell: number): number => {
    expectBelow('cell', cell, cellCount)
    return cell < lastCell ? CELL_BYTES : ciphertextBytes - lastCell * CELL_BYTES
  }

  return {
    plaintextBytes,
    dataShards,
    parityShards,
    segmentBytes,
    cellCount,
    ciphertextBytes,
    segmentCount,
    segment,
    cellBytes,
    locateCell(cell) {
      const sizeBytes = cellBytes(cell)
      const inSegment = cell % segmentCells
      const stripe = Math.floor(inSegment / dataShards)
      return {
        segment: Math.floor(cell / segmentCells),
        stripe,
        shard: inSegment % dataShards,
        offset: stripe * CELL_BYTES,
        sizeBytes,
      }
    },
    cellAt(place) {
      const { firstCell, shardBytes } = segment(place.segment)
      expectBelow('byte of the shard', place.offset, shardBytes(place.shard))
      if (place.shard >= dataShards) return undefined
      return firstCell + Math.floor(place.offset / CELL_BYTES) * dataShards + place.shard
    },
    cellsOfRange(start, lengthBytes) {
      if (lengthBytes === 0 && start >= 0 && start <= plaintextBytes) return []
      expectBelow('first byte of the range', start, plaintextBytes)
      expectBelow('length of the range', lengthBytes, plaintextBytes - start + 1)
      return slicesOf(start, start + lengthBytes, lastCell)
    },
  }
}

/** One by one: a range of a large file has more cells than should stand in memory. */
function* slicesOf(start: number, end: number, lastCell: number): Generator<CellSlice> {
  const last = Math.floor((end - 1) / CELL_PLAINTEXT_BYTES)
  for (let cell = Math.floor(start / CELL_PLAINTEXT_BYTES); cell <= last; cell++) {
    const cellStart = cell * CELL_PLAINTEXT_BYTES
    const from = Math.max(start - cellStart, 0)
    const to = Math.min(end - cellStart, CELL_PLAINTEXT_BYTES)
    yield { cell, isLast: cell === lastCell, from, to }
  }
}

function expectBelow(name: string, value: number, end: number): void {
  if (Number.isSafeInteger(value) && value >= 0 && value < end) return
  throw new FileLayoutError('OUT_OF_RANGE', {
    message: `The ${name} must be 0 or more and below ${end}, got ${value}`,
    facts: { name, value, end },
  })
}
