/**
 * A 32-byte hash as a string of 32 characters, one per byte. A string is a Map key as it is, and V8
 * computes its table hash once, where bytes would have to be converted at every step down a trie.
 */
export type Hash = string

/** Any bytes as a string with one character per byte. */
export const bytesToKey = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')

/** The bytes of what `bytesToKey` made. */
export function keyToBytes(key: string): Uint8Array {
  // Keys are short: a loop costs half of what a Buffer does.
  const bytes = new Uint8Array(key.length)
  for (let i = 0; i < key.length; i++) bytes[i] = key.charCodeAt(i)
  return bytes
}

/** For people: 0x and lower-case hexadecimal. */
export const keyToHex = (key: string): string => `0x${Buffer.from(key, 'latin1').toString('hex')}`
