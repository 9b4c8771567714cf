import { ClientError } from './errors.ts'

/** Bytes `start` to `end` of a file, the end excluded. */
export interface ByteRange {
  start: number
  end: number
}

/**
 * The one range that a `Range` header asks for (RFC 9110, 14.1.2). Undefined means the whole: without a header, for
 * other units, for a malformed header and for several ranges, which a server may ignore. Throws `ClientError`
 * `BAD_RANGE` when nothing of it lies in the file.
 */
export function parseRangeHeader(
  header: string | undefined,
  sizeBytes: number,
): ByteRange | undefined {
  const match = header === undefined ? null : /^bytes=\s*(\d{0,16})-(\d{0,16})\s*$/i.exec(header)
  if (match === null) return undefined
  const [, first = '', last = ''] = match
  if (first === '' && last === '') return undefined
  if (first === '') return suffixRange(Number(last), sizeBytes)
  if (last !== '' && Number(last) < Number(first)) return undefined
  const start = Number(first)
  const end = last === '' ? sizeBytes : Math.min(Number(last) + 1, sizeBytes)
  if (start >= sizeBytes) throw unsatisfiable(header!, sizeBytes)
  return { start, end }
}

function suffixRange(lengthBytes: number, sizeBytes: number): ByteRange {
  if (lengthBytes === 0 || sizeBytes === 0) throw unsatisfiable(`bytes=-${lengthBytes}`, sizeBytes)
  return { start: Math.max(0, sizeBytes - lengthBytes), end: sizeBytes }
}

const unsatisfiable = (header: string, sizeBytes: number): ClientError =>
  new ClientError('BAD_RANGE', {
    message: `Nothing of "${header}" lies in a file of ${sizeBytes} bytes`,
    hint: 'Ask for bytes below its size.',
    facts: { sizeBytes },
  })
