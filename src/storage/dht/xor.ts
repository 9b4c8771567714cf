import { createHash } from 'node:crypto'

/** An id's or key's place in the DHT: SHA-256, where the paper has 160 bits (SPEC 7). */
export const kadId = (bytes: Uint8Array): Uint8Array =>
  new Uint8Array(createHash('sha256').update(bytes).digest())

/** The distance of two ids of one length: their XOR as an integer (YP 2.3). */
export function xorDistance(a: Uint8Array, b: Uint8Array): bigint {
  let distance = 0n
  for (let i = 0; i < a.length; i++) distance = (distance << 8n) | BigInt(a[i]! ^ b[i]!)
  return distance
}

/** Bits that two ids share from the first on: the number of the k-bucket that one has for the other. */
export function commonPrefixBits(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < a.length; i++) {
    const difference = a[i]! ^ b[i]!
    if (difference !== 0) return i * 8 + Math.clz32(difference) - 24
  }
  return a.length * 8
}

/** Whether `a` is nearer to the target than `b`. Ids are compared byte by byte, without big integers. */
export function isCloser(target: Uint8Array, a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < target.length; i++) {
    const difference = (a[i]! ^ target[i]!) - (b[i]! ^ target[i]!)
    if (difference !== 0) return difference < 0
  }
  return false
}

/** The `count` nearest to the target, nearest first. */
export function nearest<Item extends { kadId: Uint8Array }>(
  target: Uint8Array,
  items: Iterable<Item>,
  count: number,
): Item[] {
  return [...items]
    .sort((a, b) =>
      isCloser(target, a.kadId, b.kadId) ? -1 : isCloser(target, b.kadId, a.kadId) ? 1 : 0,
    )
    .slice(0, count)
}
