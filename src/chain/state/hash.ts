/**
 * A 32-byte hash as a string of 32 characters, one per byte. A string is a Map key as it is, and V8
 * computes its table hash once, where bytes would have to be converted at every step down a trie.
 */
export type Hash = string

/** Any bytes as a string with one character per byte. */
export const bytesToKey = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')

/** The bytes of what `bytesToKey` made. */
export const keyToBytes = (key: string): Uint8Array => new Uint8Array(Buffer.from(key, 'latin1'))

/** For people: 0x and lower-case hexadecimal. */
export const keyToHex = (key: string): string => `0x${Buffer.from(key, 'latin1').toString('hex')}`
