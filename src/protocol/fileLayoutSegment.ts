import { FileLayoutError } from './fileLayoutErrors.ts'
import { CELL_BYTES } from './fileLayoutShape.ts'

/**
 * One segment. Only the file's last cell may be short, so only the last stripe of the last segment may be ragged.
 * Its missing cells and the missing end of the short one count as zeros for the code, and are stored
 * nowhere: a data shard ends where its cells end. The parity cells of a stripe are as long as its first cell.
 */
export interface SegmentLayout {
  readonly index: number
  readonly firstCell: number
  readonly cellCount: number
  readonly ciphertextBytes: number
  readonly stripeCount: number
  readonly shardCount: number
  /** Stored bytes of a shard, data shards first. 0 for one that holds no cell: it needs no replica. */
  shardBytes(shard: number): number
  /** Stored bytes of a shard's cell in a stripe: 0 where there is none. */
  cellBytes(stripe: number, shard: number): number
  /** How long the code takes every cell of a stripe to be: what lies beyond a stored one is zeros. */
  stripeCellBytes(stripe: number): number
}

export interface SegmentOptions {
  index: number
  firstCell: number
  ciphertextBytes: number
  dataShards: number
  parityShards: number
}

/** The layout of one segment; its numbers come from a file layout. */
export function createSegmentLayout(options: SegmentOptions): SegmentLayout {
  const { index, firstCell, ciphertextBytes, dataShards, parityShards } = options
  const cellCount = Math.ceil(ciphertextBytes / CELL_BYTES)
  const stripeCount = Math.ceil(cellCount / dataShards)
  const shardCount = dataShards + parityShards

  const dataCellBytes = (cell: number): number =>
    Math.min(CELL_BYTES, Math.max(0, ciphertextBytes - cell * CELL_BYTES))
  const cellBytes = (stripe: number, shard: number): number => {
    expectPlace(stripe, stripeCount, shard, shardCount)
    return dataCellBytes(stripe * dataShards + (shard < dataShards ? shard : 0))
  }

  return {
    index,
    firstCell,
    cellCount,
    ciphertextBytes,
    stripeCount,
    shardCount,
    shardBytes: (shard) => (stripeCount - 1) * CELL_BYTES + cellBytes(stripeCount - 1, shard),
    cellBytes,
    stripeCellBytes: (stripe) => cellBytes(stripe, 0),
  }
}

function expectPlace(stripe: number, stripes: number, shard: number, shards: number): void {
  const isStripe = Number.isInteger(stripe) && stripe >= 0 && stripe < stripes
  if (isStripe && Number.isInteger(shard) && shard >= 0 && shard < shards) return
  throw new FileLayoutError('OUT_OF_RANGE', {
    message: `The segment has ${stripes} stripes and ${shards} shards, not stripe ${stripe} of shard ${shard}`,
  })
}
