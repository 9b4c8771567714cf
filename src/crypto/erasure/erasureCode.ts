import { createEncoder } from './encoder.ts'
import { type Kernel, sharedKernel } from './kernel.ts'
import { createRepairer } from './repair.ts'
import { loadRow, type Strip, storeRow, stripsOf } from './strips.ts'
import { expectCode, expectShards, presentShards, type Shards } from './validate.ts'

/**
 * A systematic Reed-Solomon code over GF(2^8): any `dataShards` of all shards give the rest back. Its bytes are those
 * of klauspost/reedsolomon and Backblaze's JavaReedSolomon with their default Vandermonde matrix. Shards
 * may have any length, as long as all have the same; they are read and never kept. Calls are synchronous
 * and need a bounded workspace, whatever the length. Runs in Node and in browsers.
 */
export interface ErasureCode {
  readonly dataShards: number
  readonly parityShards: number
  /**
   * Fills `parity`, which the caller allocates, from `data`. The parity overlaps neither the data nor itself.
   * @throws ErasureError `BAD_LENGTH` if their number or lengths are wrong; then nothing is written.
   */
  encode(data: readonly Uint8Array[], parity: readonly Uint8Array[]): void
  /**
   * All shards, data then parity, from at least `dataShards` of them; `undefined` stands for a lost one. Those that
   * were handed in are returned themselves, the others are new. A wrong shard makes wrong results:
   * who cannot trust shards checks them before.
   * @throws ErasureError `BAD_LENGTH`, `TOO_FEW_SHARDS`
   */
  reconstruct(shards: Shards): Uint8Array[]
  /** As `reconstruct`, but the data shards alone. */
  reconstructData(shards: Shards): Uint8Array[]
  /**
   * Whether the parity shards, which come after the data, are those of the data.
   * @throws ErasureError `BAD_LENGTH`
   */
  verify(shards: readonly Uint8Array[]): boolean
}

export interface ErasureCodeOptions {
  /** 1 or more. */
  dataShards: number
  /** 0 or more; together with the data at most 256. */
  parityShards: number
  /** This thread's own by default. */
  kernel?: Kernel
}

/**
 * Prepares a code.
 * @throws ErasureError `BAD_CODE` if there is no such code.
 */
export function createErasureCode(options: ErasureCodeOptions): ErasureCode {
  const { dataShards, parityShards, kernel = sharedKernel() } = options
  expectCode(dataShards, parityShards)
  const count = dataShards + parityShards
  const encoder = createEncoder(dataShards, parityShards)
  const repairer = createRepairer(kernel)

  /** Encodes strip by strip: each stands in the workspace, parity behind data, until the next is asked for. */
  function* encodeStrips(data: readonly Uint8Array[]): Generator<Strip> {
    encoder.load(kernel)
    for (const strip of stripsOf(kernel, encoder.rowCount, data[0]!.length)) {
      for (const [row, shard] of data.entries()) loadRow(kernel, strip, row, shard)
      encoder.run(kernel, strip)
      yield strip
    }
  }

  /** The first `wanted` of all shards. */
  function complete(shards: Shards, wanted: number): Uint8Array[] {
    const known = presentShards(shards, dataShards, count).slice(0, dataShards)
    const lost = [...shards.keys()].filter((i) => i < wanted && shards[i] === undefined)
    const inputs = known.map((index) => shards[index]!)
    const repaired = repairer.repair(known, inputs, lost).values()
    return Array.from({ length: wanted }, (_, i) => shards[i] ?? repaired.next().value!)
  }

  return {
    dataShards,
    parityShards,
    encode(data, parity) {
      expectShards('data', data, dataShards, data[0]?.length)
      expectShards('parity', parity, parityShards, data[0]?.length)
      if (parityShards === 0) return
      for (const strip of encodeStrips(data)) {
        for (const [row, shard] of parity.entries()) {
          storeRow(kernel, strip, dataShards + row, shard)
        }
      }
    },
    reconstruct: (shards) => complete(shards, count),
    reconstructData: (shards) => complete(shards, dataShards),
    verify(shards) {
      expectShards('all', shards, count, shards[0]?.length)
      const parity = shards.slice(dataShards)
      for (const strip of encodeStrips(shards.slice(0, dataShards))) {
        const { at, strideBytes, from, to } = strip
        for (const [row, shard] of parity.entries()) {
          // The first row held data, which has been used.
          loadRow(kernel, strip, 0, shard)
          if (!kernel.equal(at, at + (dataShards + row) * strideBytes, to - from)) return false
        }
      }
      return true
    },
  }
}
