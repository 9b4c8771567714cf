/**
 * The items of an RLP list that holds byte strings and no lists, as views into the input. Undefined for everything
 * else, every encoding but the shortest included. One pass, however the bytes were made.
 */
export function decodeRLPStrings(bytes: Uint8Array): Uint8Array[] | undefined {
  const list = readHeader(bytes, 0)
  if (list === undefined || !list.isList || list.end !== bytes.length) return undefined
  const strings: Uint8Array[] = []
  for (let at = list.start; at < bytes.length; ) {
    const item = readHeader(bytes, at)
    if (item === undefined || item.isList) return undefined
    strings.push(bytes.subarray(item.start, item.end))
    at = item.end
  }
  return strings
}

interface Item {
  isList: boolean
  start: number
  end: number
}

const STRING_CODE = 0x80
const LIST_CODE = 0xc0
const LONGEST_SHORT = 55

function readHeader(bytes: Uint8Array, at: number): Item | undefined {
  const first = bytes[at]
  if (first === undefined) return undefined
  if (first < STRING_CODE) return { isList: false, start: at, end: at + 1 }
  const isList = first >= LIST_CODE
  const code = first - (isList ? LIST_CODE : STRING_CODE)
  const item =
    code <= LONGEST_SHORT
      ? { isList, start: at + 1, end: at + 1 + code }
      : readLong(bytes, at, code - LONGEST_SHORT, isList)
  if (item === undefined || item.end > bytes.length) return undefined
  const isByteWithHeader = !isList && code === 1 && bytes[item.start]! < STRING_CODE
  return isByteWithHeader ? undefined : item
}

function readLong(
  bytes: Uint8Array,
  at: number,
  lengthBytes: number,
  isList: boolean,
): Item | undefined {
  const start = at + 1 + lengthBytes
  let length = 0
  for (const byte of bytes.subarray(at + 1, start)) length = length * 256 + byte
  const isShortest = length > LONGEST_SHORT && bytes[at + 1] !== 0
  return isShortest ? { isList, start, end: start + length } : undefined
}
