import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, concatBytes, utf8ToBytes } from '@noble/hashes/utils.js'

/** Bytes that are the same in every runtime: SHA-256 of a name and a counter. */
export function bytesNamed(name: string, length: number): Uint8Array {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, block) =>
    sha256(utf8ToBytes(`${name}/${block}`)),
  )
  return concatBytes(...blocks).slice(0, length)
}

/** What a runtime made, by what it is: SHA-256 in hex, so that it can be handed to another. */
export type Digests = Record<string, string>

/** The digest of bytes that may come in pieces. */
export const digest = (...pieces: readonly Uint8Array[]): string =>
  bytesToHex(sha256(concatBytes(...pieces)))

export const upTo = (count: number): number[] => Array.from({ length: count }, (_, at) => at)
