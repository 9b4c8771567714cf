/**
 * Writes RLP from its end to its beginning, so that a list's header, which holds the length of what
 * follows, is written when that length is known. One buffer serves every encoding: call `startRlp`,
 * write the items last first, and take the result with `finishRlp` before anything else is started.
 */
let bytes = new Uint8Array(4_096)
// The same memory, for what only a Buffer can: writing strings.
let text = Buffer.from(bytes.buffer)
let start = bytes.length

export function startRlp(): void {
  start = bytes.length
}

/** A copy of everything written since `startRlp`. */
export function finishRlp(): Uint8Array {
  return bytes.slice(start)
}

/** Makes room for `length` more bytes before those written and returns where they begin. */
function take(length: number): number {
  if (length > start) {
    const written = bytes.length - start
    const larger = new Uint8Array(2 * (written + length))
    larger.set(bytes.subarray(start), larger.length - written)
    start = larger.length - written
    bytes = larger
    text = Buffer.from(bytes.buffer)
  }
  start -= length
  return start
}

/** A byte string that is written as it is: an item encoded before. */
export function writeRaw(item: Uint8Array): void {
  // `take` may move everything to a larger buffer, so it must run before `bytes` is read.
  const at = take(item.length)
  bytes.set(item, at)
}

/** A byte string. */
export function writeBytes(item: Uint8Array): void {
  writeRaw(item)
  if (item.length !== 1 || item[0]! >= 0x80) writeLength(item.length, 0x80)
}

/** A byte string of two or more bytes that is held as a string, one character per byte. */
export function writeKey(key: string): void {
  const at = take(key.length)
  text.write(key, at, 'latin1')
  writeLength(key.length, 0x80)
}

/** A byte string of one or more bytes that is held as hexadecimal digits. */
export function writeHex(digits: string): void {
  const length = digits.length / 2
  const at = take(length)
  text.write(digits, at, length, 'hex')
  if (length !== 1 || bytes[at]! >= 0x80) writeLength(length, 0x80)
}

/** An integer that is not negative, without leading zeros; zero is the empty string. */
export function writeInteger(value: bigint): void {
  if (value === 0n) {
    writeEmpty()
    return
  }
  const digits = value.toString(16)
  writeHex(digits.length % 2 === 0 ? digits : `0${digits}`)
}

/** The empty byte string. */
export function writeEmpty(): void {
  const at = take(1)
  bytes[at] = 0x80
}

/** Where the list that is written next ends; give it to `closeList` once its items are written. */
export const openList = (): number => bytes.length - start

/** Makes one list of the items written since `openList`. */
export function closeList(end: number): void {
  writeLength(bytes.length - start - end, 0xc0)
}

function writeLength(length: number, offset: number): void {
  if (length < 56) {
    const at = take(1)
    bytes[at] = offset + length
    return
  }
  let lengthBytes = 0
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) {
    const at = take(1)
    bytes[at] = rest % 256
    lengthBytes++
  }
  const at = take(1)
  bytes[at] = offset + 55 + lengthBytes
}
