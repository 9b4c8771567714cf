import { utf8ToBytes } from '@ethereumjs/util'
import { GenaroError } from '../../util/errors.ts'
import { REFUSAL_CODES, type RefusalCode, StorageError } from '../errors.ts'

/** The first byte of a frame that refuses; code, NUL and words follow. */
export const REFUSED = 0

const MAX_REFUSAL_BYTES = 1_024

const KNOWN: ReadonlySet<string> = new Set(REFUSAL_CODES)

export const isRefusalCode = (code: string): code is RefusalCode => KNOWN.has(code)

/** A refusal in the farmer's words; what went wrong inside it stays inside. */
export function encodeRefusal(error: unknown): Uint8Array {
  const text =
    error instanceof GenaroError && isRefusalCode(error.code)
      ? `${error.code}\0${error.message}`
      : 'UNAVAILABLE\0The farmer failed to answer'
  return utf8ToBytes(`\0${text}`).subarray(0, MAX_REFUSAL_BYTES)
}

/** The error a refusal stands for: its own code where that is known, `REFUSED` for any other. */
export function decodeRefusal(peerId: string, frame: Uint8Array): StorageError {
  const [code = '', message = ''] = new TextDecoder().decode(frame.subarray(1)).split('\0')
  // Whatever a stranger wrote must not play with a terminal.
  const words = message.replace(/[^\P{C}]/gu, ' ').slice(0, MAX_REFUSAL_BYTES)
  return new StorageError(isRefusalCode(code) ? code : 'REFUSED', {
    message: `Farmer ${peerId} refused: ${words}`,
    hint: HINTS[code as RefusalCode] ?? 'Use another farmer.',
    facts: { peerId, refusal: words },
  })
}

const HINTS: Partial<Record<RefusalCode, string>> = {
  NO_SPACE: 'Extend the bucket, or release files you no longer need.',
  NO_ESCROW: 'Extend the bucket: what was paid for it is spoken for.',
  NO_CREDIT: 'Buy traffic with `genaro traffic buy`.',
  TERM_EXPIRED: 'Extend the bucket, and take offers that end before it does.',
  UNKNOWN_BUCKET: 'Buy a bucket first, and wait until its transaction is in a block.',
  BUSY: 'Try again in a moment, or use another farmer.',
  RECEIPT_NEEDED: 'Sign receipts for what was sent, or use another farmer.',
}
