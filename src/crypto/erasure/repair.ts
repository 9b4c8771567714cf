import { type BoundedCache, createBoundedCache } from '../../util/boundedCache.ts'
import { interpolationMatrix } from './interpolation.ts'
import { COEFFICIENTS_AT, type Kernel } from './kernel.ts'
import { loadMatrix, type PackedMatrix, packMatrix } from './packedMatrix.ts'
import { loadRow, storeRow, stripsOf } from './strips.ts'

/** Makes lost shards from as many others as the code has data shards. */
export interface Repairer {
  /**
   * New shards with the numbers `lost`, from `shards`, which have the numbers `known`: neither has one twice, and
   * all are equally long.
   */
  repair(
    known: readonly number[],
    shards: readonly Uint8Array[],
    lost: readonly number[],
  ): Uint8Array[]
}

/** Losses come in patterns: a farmer that is away is missing from every stripe of a file. */
const CACHE_BYTES = 262_144

/** Keeps the matrices of the patterns of loss it saw last. */
export function createRepairer(kernel: Kernel): Repairer {
  const matrices = createBoundedCache<PackedMatrix>({
    maxWeight: CACHE_BYTES,
    weigh: ({ coefficients }) => coefficients.length,
  })
  return {
    repair(known, shards, lost) {
      if (lost.length === 0) return []
      const repaired = lost.map(() => new Uint8Array(shards[0]!.length))
      loadMatrix(kernel, cachedMatrix(matrices, known, lost))
      multiplyShards(kernel, shards, repaired)
      return repaired
    },
  }
}

function cachedMatrix(
  matrices: BoundedCache<PackedMatrix>,
  known: readonly number[],
  lost: readonly number[],
): PackedMatrix {
  // A character for each number: a code always has the same number of known ones.
  const key = String.fromCharCode(...known, ...lost)
  const cached = matrices.get(key)
  if (cached !== undefined) return cached
  const matrix = packMatrix(interpolationMatrix(known, lost))
  matrices.set(key, matrix)
  return matrix
}

/** Sets the outputs to the product of the kernel's matrix with the inputs. */
function multiplyShards(
  kernel: Kernel,
  inputs: readonly Uint8Array[],
  outputs: readonly Uint8Array[],
): void {
  const columns = inputs.length
  const rows = outputs.length
  for (const strip of stripsOf(kernel, columns + rows, inputs[0]!.length)) {
    const { at, strideBytes, paddedBytes } = strip
    for (const [row, shard] of inputs.entries()) loadRow(kernel, strip, row, shard)
    const outputsAt = at + columns * strideBytes
    kernel.multiply(COEFFICIENTS_AT, columns, rows, at, outputsAt, strideBytes, paddedBytes)
    for (const [row, shard] of outputs.entries()) storeRow(kernel, strip, columns + row, shard)
  }
}
