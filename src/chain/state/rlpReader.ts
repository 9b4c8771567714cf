import { StateError } from './stateError.ts'

/** One item of RLP inside larger bytes: its payload from `start` to `end`, where the next item begins. */
export interface RlpItem {
  isList: boolean
  /** Where the item begins, header included. */
  from: number
  start: number
  end: number
}

const corrupt = (reason: string): StateError =>
  new StateError('CORRUPT_NODE', { message: `A stored RLP item is malformed: ${reason}` })

/**
 * Reads the item at `from`, which must end by `limit`. Refuses every encoding but the shortest, with
 * `StateError` `CORRUPT_NODE`.
 */
export function readItem(bytes: Uint8Array, from: number, limit: number): RlpItem {
  if (from >= limit) throw corrupt('it ends too early')
  const first = bytes[from]!
  const isList = first >= 0xc0
  if (first < 0x80) return { isList, from, start: from, end: from + 1 }
  const short = first - (isList ? 0xc0 : 0x80)
  const item =
    short < 56
      ? { isList, from, start: from + 1, end: from + 1 + short }
      : readLong(bytes, from, short - 55, isList)
  if (item.end > limit) throw corrupt('it is longer than what holds it')
  if (!isList && short === 1 && bytes[item.start]! < 0x80) throw corrupt('a byte has a header')
  return item
}

function readLong(bytes: Uint8Array, from: number, lengthBytes: number, isList: boolean): RlpItem {
  const start = from + 1 + lengthBytes
  let length = 0
  for (let at = from + 1; at < start; at++) length = length * 256 + (bytes[at] ?? 0)
  if (length < 56 || bytes[from + 1] === 0) throw corrupt('a length is not in its shortest form')
  return { isList, from, start, end: start + length }
}

/** The items of the list that `bytes` from `from` to `to` are, at most `max` of them. */
export function readList(bytes: Uint8Array, from: number, to: number, max: number): RlpItem[] {
  const list = readItem(bytes, from, to)
  if (!list.isList || list.end !== to) throw corrupt('it is not one whole list')
  const items: RlpItem[] = []
  for (let at = list.start; at < to; at = items[items.length - 1]!.end) {
    if (items.length === max) throw corrupt(`it has more than ${max} items`)
    items.push(readItem(bytes, at, to))
  }
  return items
}
