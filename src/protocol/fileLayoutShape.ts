import { FileLayoutError } from './fileLayoutErrors.ts'

/** What the whole layout of a file follows from. */
export interface FileShape {
  /** 0 to 256 TiB. */
  plaintextBytes: number
  /** The outer code: any `dataShards` of all shards of a segment give it back. */
  dataShards: number
  parityShards: number
  /** Most ciphertext of a segment: a multiple of `dataShards` cells, so that segments end with a stripe. */
  segmentBytes: number
}

/** The segment size at which shards have at most `maxShardBytes`, rounded down to whole cells. */
export const segmentBytesFor = (
  dataShards: number,
  maxShardBytes: number = DEFAULT_MAX_SHARD_BYTES,
): number => dataShards * Math.max(1, Math.floor(maxShardBytes / CELL_BYTES)) * CELL_BYTES

/** Throws FileLayoutError BAD_SIZE or BAD_CODE for a shape that no file has. */
export function checkFileShape(shape: FileShape): void {
  const { plaintextBytes, dataShards, parityShards, segmentBytes } = shape
  if (!isBetween(plaintextBytes, 0, MAX_FILE_BYTES)) {
    throw new FileLayoutError('BAD_SIZE', {
      message: `A file has 0 to ${MAX_FILE_BYTES} bytes, got ${plaintextBytes}`,
    })
  }
  if (
    !isBetween(dataShards, 1, MAX_SHARDS) ||
    !isBetween(parityShards, 0, MAX_SHARDS - dataShards)
  ) {
    throw new FileLayoutError('BAD_CODE', {
      message: `A code has at least one data shard and at most ${MAX_SHARDS} shards, got ${dataShards}+${parityShards}`,
    })
  }
  const stripeBytes = dataShards * CELL_BYTES
  const largest = dataShards * MAX_OUTER_SHARD_BYTES
  if (!isBetween(segmentBytes, stripeBytes, largest) || segmentBytes % stripeBytes !== 0) {
    throw new FileLayoutError('BAD_SIZE', {
      message: `A segment is a multiple of ${stripeBytes} bytes up to ${largest}, got ${segmentBytes}`,
    })
  }
}

/** Ciphertext of every cell but the last. */
export const CELL_BYTES = 65_536

/** Plaintext of every cell but the last: a tag of 16 bytes is the rest. */
export const CELL_PLAINTEXT_BYTES = 65_520

/** The cell counter has 32 bits. */
export const MAX_FILE_BYTES = 2 ** 32 * CELL_PLAINTEXT_BYTES

/** The field of the code has so many elements. */
export const MAX_SHARDS = 256

/** What an upload makes unless told otherwise: 64 MiB. */
export const DEFAULT_MAX_SHARD_BYTES = 2 ** 26

/** Nobody reads a manifest with larger shards: 4 GiB. */
export const MAX_OUTER_SHARD_BYTES = 2 ** 32

const isBetween = (value: number, least: number, most: number): boolean =>
  Number.isSafeInteger(value) && value >= least && value <= most
