import { KERNEL_STEP_BYTES, type Kernel, WORKSPACE_AT } from './kernel.ts'

/** Where in the kernel's memory a strip of shards stands: row i at `at + i · strideBytes`. */
export interface StripLayout {
  readonly at: number
  readonly strideBytes: number
  /** The strip's bytes, rounded up to what the kernel can work on. What lies behind the shard is noise. */
  readonly paddedBytes: number
}

/** A strip: the bytes from `from` to `to` of every shard. */
export interface Strip extends StripLayout {
  readonly from: number
  readonly to: number
}

/**
 * Cuts shards of `lengthBytes` into strips so narrow that `rowCount` rows of one fit into the kernel's
 * workspace. Working on strips keeps memory bounded and the bytes in the processor's cache: copying them
 * in and out costs less than walking over whole shards would.
 */
export function* stripsOf(kernel: Kernel, rowCount: number, lengthBytes: number): Generator<Strip> {
  const widest = widestStrip(kernel, rowCount)
  for (let from = 0; from < lengthBytes; from += widest) {
    const to = Math.min(from + widest, lengthBytes)
    const paddedBytes = roundUp(to - from, KERNEL_STEP_BYTES)
    yield { at: WORKSPACE_AT, strideBytes: strideOf(paddedBytes), paddedBytes, from, to }
  }
}

/** Copies a strip of a shard into a row. */
export function loadRow({ bytes }: Kernel, strip: Strip, row: number, shard: Uint8Array): void {
  const { at, strideBytes, from, to } = strip
  const isWhole = from === 0 && to === shard.length
  bytes.set(isWhole ? shard : shard.subarray(from, to), at + row * strideBytes)
}

/** Copies a row into its strip of a shard. */
export function storeRow({ bytes }: Kernel, strip: Strip, row: number, shard: Uint8Array): void {
  const { at, strideBytes, from, to } = strip
  const start = at + row * strideBytes
  shard.set(bytes.subarray(start, start + to - from), from)
}

const LINE_BYTES = 64

/** Wider strips bring nothing: the copies' own cost is already spread thin. */
const WIDEST_STRIP_BYTES = 16_384

function widestStrip({ bytes }: Kernel, rowCount: number): number {
  const room = Math.floor((bytes.length - WORKSPACE_AT) / rowCount)
  // Two lines less, since the stride may be that much more than the strip.
  const fitting = room - (room % LINE_BYTES) - 2 * LINE_BYTES
  return Math.min(fitting, WIDEST_STRIP_BYTES)
}

/** An odd number of cache lines, so that rows do not all compete for the same places of the cache. */
function strideOf(paddedBytes: number): number {
  const lines = Math.ceil(paddedBytes / LINE_BYTES)
  return (lines + 1 - (lines % 2)) * LINE_BYTES
}

const roundUp = (value: number, unit: number): number => Math.ceil(value / unit) * unit
