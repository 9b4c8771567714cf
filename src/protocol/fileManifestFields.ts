import { refuseManifest } from './fileManifestErrors.ts'

/** A list of exactly so many items. */
export function fieldsOf(name: string, item: unknown, count: number): unknown[] {
  const list = listOf(name, item)
  if (list.length === count) return list
  return refuseManifest(`${name} has ${list.length} fields, not ${count}`)
}

export function listOf(name: string, item: unknown): unknown[] {
  return Array.isArray(item) ? item : refuseManifest(`${name} is not a list`)
}

/** Bytes of their own, so that nothing keeps the whole manifest in memory. */
export function bytesOf(name: string, item: unknown): Uint8Array {
  return item instanceof Uint8Array ? item.slice() : refuseManifest(`${name} is not bytes`)
}

/** A whole number of at most 53 bits, without leading zeros. */
export function numberOf(name: string, item: unknown): number {
  const bytes = bytesOf(name, item)
  let number = 0
  for (const byte of bytes) number = number * 256 + byte
  const isCanonical = bytes.length <= 7 && bytes[0] !== 0
  if (isCanonical && Number.isSafeInteger(number)) return number
  return refuseManifest(`${name} is not a number`)
}

/** Text in strict UTF-8. */
export function textOf(name: string, item: unknown): string {
  const bytes = bytesOf(name, item)
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return refuseManifest(`${name} is not UTF-8`)
  }
}
