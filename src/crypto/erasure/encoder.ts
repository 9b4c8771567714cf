import { interpolationMatrix } from './interpolation.ts'
import { COEFFICIENTS_AT, type Kernel } from './kernel.ts'
import { loadMatrix, packMatrix } from './packedMatrix.ts'
import type { StripLayout } from './strips.ts'
import { createTransformEncoder, transformShape } from './transformEncoder.ts'

/** Makes parity rows from data rows in the kernel's workspace. */
export interface Encoder {
  /** How many rows of workspace it needs: at least one for each shard. */
  readonly rowCount: number
  /** Hands the kernel what `run` needs. Good until something else uses the kernel. */
  load(kernel: Kernel): void
  /** Reads the rows of data and sets the rows of parity behind them. The data may be lost by that. */
  run(kernel: Kernel, strip: StripLayout): void
}

/** The cheaper of the two ways for a code. Both make the same bytes. */
export function createEncoder(dataShards: number, parityShards: number): Encoder {
  const shape = transformShape(dataShards, parityShards)
  const isCheaper =
    shape !== undefined && shape.products * TRANSFORM_PRODUCT_COST < dataShards * parityShards
  return isCheaper
    ? createTransformEncoder(dataShards, shape)
    : createMatrixEncoder(dataShards, parityShards)
}

/** What a product costs in a transform, which loads and stores for each, beside one of a matrix; measured. */
const TRANSFORM_PRODUCT_COST = 2

/** One product for each pair of a data and a parity shard. */
export function createMatrixEncoder(dataShards: number, parityShards: number): Encoder {
  const data = pointsFrom(0, dataShards)
  const matrix = packMatrix(interpolationMatrix(data, pointsFrom(dataShards, parityShards)))
  return {
    rowCount: dataShards + parityShards,
    load: (kernel) => loadMatrix(kernel, matrix),
    run(kernel, { at, strideBytes, paddedBytes }) {
      const parityAt = at + dataShards * strideBytes
      const { columns, rows } = matrix
      kernel.multiply(COEFFICIENTS_AT, columns, rows, at, parityAt, strideBytes, paddedBytes)
    },
  }
}

const pointsFrom = (first: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => first + index)
