import { type Input, RLP } from '@ethereumjs/rlp'
import {
  bigIntToBytes,
  bytesToBigInt,
  bytesToHex,
  concatBytes,
  equalsBytes,
  hexToBytes,
} from '@ethereumjs/util'
import { errorMessage } from '../../util/errors.ts'
import { StorageError } from '../errors.ts'

/** What a message is made of: byte strings, whole numbers and lists of them. */
export type Field = Uint8Array | bigint | readonly Field[]

/** One encoding for each list of fields: RLP, numbers big-endian without leading zeros. */
export const encodeFields = (fields: readonly Field[]): Uint8Array => RLP.encode(toInput(fields))

const toInput = (field: Field): Input => {
  if (field instanceof Uint8Array) return field
  if (typeof field !== 'bigint') return field.map(toInput)
  return field === 0n ? new Uint8Array() : bigIntToBytes(field)
}

/** An undecoded field. */
export type RawField = Uint8Array | RawField[]

/**
 * Decodes a message of exactly so many fields. `read` gives the message and `encode` must give the same bytes
 * again, so that nothing has two encodings. Throws `StorageError` `BAD_MESSAGE`.
 */
export function decodeFields<Message>(
  what: string,
  bytes: Uint8Array,
  count: number,
  read: (fields: RawField[]) => Message,
  encode: (message: Message) => Uint8Array,
): Message {
  let message: Message
  try {
    const decoded: unknown = RLP.decode(bytes)
    if (!Array.isArray(decoded) || decoded.length !== count) {
      throw badMessage(what, `it is no list of ${count} fields`)
    }
    message = read(decoded as RawField[])
  } catch (error) {
    throw error instanceof StorageError ? error : badMessage(what, errorMessage(error))
  }
  if (!equalsBytes(encode(message), bytes)) throw badMessage(what, 'it is not in its one encoding')
  return message
}

/** A whole number of at most `bits`. */
export function readUint(field: RawField | undefined, name: string, bits: number): bigint {
  if (field instanceof Uint8Array && field.length <= Math.ceil(bits / 8)) {
    const value = bytesToBigInt(field)
    if (value < 1n << BigInt(bits)) return value
  }
  throw badMessage(name, `it must be a whole number of ${bits} bits`)
}

/** Bytes of one length. */
export function readBytes(field: RawField | undefined, name: string, length: number): Uint8Array {
  if (field instanceof Uint8Array && field.length === length) return field
  throw badMessage(name, `it must have ${length} bytes`)
}

/** Bytes of one length as hex, as the chain's tools write them. */
export const readHex = (field: RawField | undefined, name: string, length: number): string =>
  bytesToHex(readBytes(field, name, length))

/** Hex of one length as bytes. Throws `StorageError` `BAD_MESSAGE`, for values of our own. */
export function bytesOfHex(hex: string, name: string, length: number): Uint8Array {
  if (/^0x[0-9a-f]*$/i.test(hex) && hex.length === 2 + 2 * length) {
    return hexToBytes(hex as `0x${string}`)
  }
  throw badMessage(name, `${JSON.stringify(hex)} is not ${length} bytes in hex`)
}

/** A frame: what it is, and its content. */
export const tagged = (tag: number, body: Uint8Array): Uint8Array =>
  concatBytes(Uint8Array.of(tag), body)

export const badMessage = (what: string, reason: string): StorageError =>
  new StorageError('BAD_MESSAGE', {
    message: `The ${what} is malformed: ${reason}`,
    hint: 'The other side runs other software or means harm; use another peer.',
    facts: { what },
  })
