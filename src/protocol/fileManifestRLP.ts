import { refuseManifest } from './fileManifestErrors.ts'

/** A decoded item: bytes, which are views into the input, or a list. */
export type RLPItem = Uint8Array | RLPItem[]

/**
 * Decodes RLP of bounded depth in one pass. EthereumJS's decoder copies the rest of the input at every level,
 * so that a few megabytes of nested lists would keep it busy for minutes. Throws FileManifestError.
 */
export function decodeManifestRLP(bytes: Uint8Array): RLPItem {
  const [item, end] = decodeItem(bytes, 0, bytes.length, 0)
  return end === bytes.length ? item : refuseManifest('bytes follow its end')
}

/** Manifest, segments, shards, replicas, fields. */
const MAX_DEPTH = 5

function decodeItem(
  bytes: Uint8Array,
  at: number,
  limit: number,
  depth: number,
): [item: RLPItem, end: number] {
  const first = bytes[at]
  if (first === undefined || at >= limit) return refuseManifest('it ends too early')
  if (first < 0x80) return [bytes.subarray(at, at + 1), at + 1]
  const isList = first >= 0xc0
  const [start, end] = payloadOf(bytes, at, first - (isList ? 0xc0 : 0x80))
  if (end > limit) return refuseManifest('it ends too early')
  if (!isList) {
    const isCanonical = end - start !== 1 || bytes[start]! >= 0x80
    return isCanonical ? [bytes.subarray(start, end), end] : refuseManifest('a byte has a length')
  }
  if (depth === MAX_DEPTH) return refuseManifest('lists are nested too deeply')
  const list: RLPItem[] = []
  for (let next = start; next < end; ) {
    const [item, itemEnd] = decodeItem(bytes, next, end, depth + 1)
    list.push(item)
    next = itemEnd
  }
  return [list, end]
}

/** Where the payload of an item begins and ends; `code` is 0 to 55 for its length, or more for that of a length. */
function payloadOf(bytes: Uint8Array, at: number, code: number): [start: number, end: number] {
  if (code <= 55) return [at + 1, at + 1 + code]
  const start = at + 1 + code - 55
  let length = 0
  for (const byte of bytes.subarray(at + 1, start)) length = length * 256 + byte
  const isCanonical = length > 55 && bytes[at + 1] !== 0
  return isCanonical ? [start, start + length] : refuseManifest('a length is not written in short')
}
