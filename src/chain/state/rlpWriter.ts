/**
 * Writes RLP from its end to its beginning, so that a list's header, which holds the length of what
 * follows, is written when that length is known. One buffer serves every encoding: call `startRlp`,
 * write the items last first, and take the result with `finishRlp` before anything else is started.
 */
let buffer = Buffer.alloc(4_096)
let start = buffer.length

export function startRlp(): void {
  start = buffer.length
}

/** A copy of everything written since `startRlp`. */
export function finishRlp(): Uint8Array {
  const encoding = new Uint8Array(buffer.length - start)
  encoding.set(buffer.subarray(start))
  return encoding
}

/** Makes room for `length` more bytes before those written and returns where they begin. */
function take(length: number): number {
  if (length > start) {
    const written = buffer.length - start
    const larger = Buffer.alloc(2 * (written + length))
    larger.set(buffer.subarray(start), larger.length - written)
    start = larger.length - written
    buffer = larger
  }
  start -= length
  return start
}

/** A byte string that is written as it is: an item encoded before. */
export function writeRaw(bytes: Uint8Array): void {
  buffer.set(bytes, take(bytes.length))
}

/** A byte string. */
export function writeBytes(bytes: Uint8Array): void {
  writeRaw(bytes)
  if (bytes.length !== 1 || bytes[0]! >= 0x80) writeLength(bytes.length, 0x80)
}

/** A byte string of two or more bytes that is held as a string, one character per byte. */
export function writeKey(key: string): void {
  buffer.write(key, take(key.length), 'latin1')
  writeLength(key.length, 0x80)
}

/** A byte string of one or more bytes that is held as hexadecimal digits. */
export function writeHex(digits: string): void {
  const length = digits.length / 2
  const at = take(length)
  buffer.write(digits, at, length, 'hex')
  if (length !== 1 || buffer[at]! >= 0x80) writeLength(length, 0x80)
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
  buffer[take(1)] = 0x80
}

/** Where the list that is written next ends; give it to `closeList` once its items are written. */
export const openList = (): number => buffer.length - start

/** Makes one list of the items written since `openList`. */
export function closeList(end: number): void {
  writeLength(buffer.length - start - end, 0xc0)
}

function writeLength(length: number, offset: number): void {
  if (length < 56) {
    buffer[take(1)] = offset + length
    return
  }
  let bytes = 0
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) {
    buffer[take(1)] = rest % 256
    bytes++
  }
  buffer[take(1)] = offset + 55 + bytes
}
