import { createHash } from 'node:crypto'
import { createErasureCode, type ErasureCode } from '../../../src/crypto/erasure/erasureCode.ts'

/** Bytes that look random and are the same in every run: SHA-256 of a counter. */
export function testShards(count: number, lengthBytes: number, seed = 0): Uint8Array[] {
  const blocks = Math.ceil((count * lengthBytes) / 32)
  const bytes = Buffer.concat(
    Array.from({ length: blocks }, (_, block) => sha256(`${seed}/${block}`)),
  )
  return Array.from({ length: count }, (_, shard) =>
    Uint8Array.from(bytes.subarray(shard * lengthBytes, (shard + 1) * lengthBytes)),
  )
}

/** Parity for data, in new arrays that hold something else before. */
export function encodeToNew(code: ErasureCode, data: readonly Uint8Array[]): Uint8Array[] {
  const parity = Array.from({ length: code.parityShards }, () =>
    new Uint8Array(data[0]!.length).fill(0xee),
  )
  code.encode(data, parity)
  return parity
}

/** A code and a word of it. */
export function testWord(dataShards: number, parityShards: number, lengthBytes: number, seed = 0) {
  const code = createErasureCode({ dataShards, parityShards })
  const data = testShards(dataShards, lengthBytes, seed)
  return { code, shards: [...data, ...encodeToNew(code, data)] }
}

export const without = (
  shards: readonly Uint8Array[],
  lost: Iterable<number>,
): (Uint8Array | undefined)[] => {
  const gone = new Set(lost)
  return shards.map((shard, index) => (gone.has(index) ? undefined : shard))
}

export const sha256 = (bytes: Uint8Array | string): Buffer =>
  createHash('sha256').update(bytes).digest()

/** The codes of the network: devnet, small files, the default, valuable data, and the replica's inner code. */
export const NETWORK_CODES: readonly (readonly [data: number, parity: number])[] = [
  [4, 2],
  [8, 6],
  [16, 11],
  [20, 20],
  [223, 32],
]
