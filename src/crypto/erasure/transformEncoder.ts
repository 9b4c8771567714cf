import type { Encoder } from './encoder.ts'
import { inverse, multiply } from './galoisField.ts'
import { interpolationMatrix } from './interpolation.ts'
import { COEFFICIENTS_AT, TWIDDLES_AT } from './kernel.ts'
import { loadMatrix, packMatrix } from './packedMatrix.ts'

/** How a code lies in the transform's power-of-two world. */
export interface TransformShape {
  /** The points of the transform: the least power of two that has room for all shards. */
  readonly points: number
  /** The size of a block, a power of two. The last block holds parity; the others hold what is known. */
  readonly block: number
  /** Parity shards before the last block, which are made by the matrix and then count as known. */
  readonly before: number
  /** How many products of a row and a factor an encoding takes. */
  readonly products: number
}

/** The shape of a code, or undefined if its parity does not reach into a last block of its own. */
export function transformShape(
  dataShards: number,
  parityShards: number,
): TransformShape | undefined {
  const points = powerOfTwoFrom(dataShards + parityShards)
  const room = points - dataShards
  const block = room > 1 ? powerOfTwoFrom(room + 1) / 2 : 1
  const before = room - block
  if (block < 2 || before >= parityShards) return undefined
  const products = before * dataShards + (points / 2) * Math.log2(block)
  return { points, block, before, products }
}

/**
 * Makes parity by the additive fast Fourier transform of Lin, Chung and Han ("Novel polynomial basis and its
 * application to Reed-Solomon erasure codes", FOCS 2014) over the basis 1, 2, 4, …, whose points are the
 * shards' own numbers: the bytes are those of the matrix.
 *
 * The data's polynomial has a degree below `points - block`, so the last `block` of its coefficients are
 * zero. They are the sum of what each block of values gives on its own; hence the last block's
 * coefficients are the sum of the others', and its values are the parity.
 */
export function createTransformEncoder(dataShards: number, shape: TransformShape): Encoder {
  const { points, block, before } = shape
  const last = points - block
  const data = Array.from({ length: dataShards }, (_, point) => point)
  const between = Array.from({ length: before }, (_, index) => dataShards + index)
  const matrix = packMatrix(interpolationMatrix(data, between))
  const twiddles = blockTwiddles(points, block)
  const twiddlesOf = (start: number): number => TWIDDLES_AT + (start / block) * (block - 1)

  return {
    rowCount: points + before,
    load(kernel) {
      loadMatrix(kernel, matrix)
      kernel.bytes.set(twiddles, TWIDDLES_AT)
    },
    run(kernel, { at, strideBytes: stride, paddedBytes: length }) {
      const rowAt = (row: number): number => at + row * stride
      kernel.multiply(COEFFICIENTS_AT, dataShards, before, at, rowAt(dataShards), stride, length)
      // Interpolation works in place, so what is parity already is kept behind all points.
      kernel.bytes.copyWithin(rowAt(points), rowAt(dataShards), rowAt(last))
      kernel.bytes.fill(0, rowAt(last), rowAt(points))
      for (let start = 0; start < last; start += block) {
        kernel.interpolate(rowAt(start), block, twiddlesOf(start), stride, length)
        kernel.addRows(rowAt(start), rowAt(last), block, stride, length)
      }
      kernel.evaluate(rowAt(last), block, twiddlesOf(last), stride, length)
      kernel.bytes.copyWithin(rowAt(dataShards), rowAt(points), rowAt(points + before))
    },
  }
}

/** The factors of every block: `block - 1` each, from its pairs up to its halves. */
function blockTwiddles(points: number, block: number): Uint8Array {
  const twiddles: number[] = []
  for (let start = 0; start < points; start += block) {
    for (let level = 0; 1 << level < block; level++) {
      for (let pair = start; pair < start + block; pair += 2 << level) {
        twiddles.push(multiply(vanishing(level, pair), inverse(vanishing(level, 1 << level))))
      }
    }
  }
  return Uint8Array.from(twiddles)
}

/** The polynomial that vanishes at the points below 2^level, at `point`. */
function vanishing(level: number, point: number): number {
  if (level === 0) return point
  return multiply(vanishing(level - 1, point), vanishing(level - 1, point ^ (1 << (level - 1))))
}

const powerOfTwoFrom = (least: number): number => 2 ** Math.ceil(Math.log2(least))
