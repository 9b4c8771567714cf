import { keccak_256 } from '@noble/hashes/sha3.js'

const BLOOM_BYTES = 256

/** The three bits an address or a topic sets in a header's bloom: the low 11 of the first three pairs of its hash. */
export function bloomBits(item: Uint8Array): number[] {
  const hash = keccak_256(item)
  return [0, 2, 4].map((at) => ((hash[at]! << 8) | hash[at + 1]!) & 2_047)
}

/** Whether all these bits are set, so that the block may have logs of what they stand for (YP of Ethereum, 4.3.1). */
export const hasBits = (bloom: Uint8Array, bits: readonly number[]): boolean =>
  bits.every((bit) => ((bloom[BLOOM_BYTES - 1 - (bit >> 3)] ?? 0) & (1 << (bit & 7))) !== 0)
