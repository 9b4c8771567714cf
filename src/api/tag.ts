import { hexlify, randomBytes, toUtf8Bytes, zeroPadBytes } from 'ethers'
import { TAG_BYTES } from '../protocol/bucketId.ts'
import { ApiError } from './errors.ts'

/**
 * The 12 bytes that tell an owner's buckets apart, from a name of at most 12 bytes (padded with zeros) or from
 * 0x and 24 digits. Throws `ApiError` with code `BAD_TAG`.
 */
export function parseTag(text: string): string {
  if (/^0x[0-9a-f]{24}$/i.test(text)) return text.toLowerCase()
  const bytes = toUtf8Bytes(text)
  if (bytes.length === 0 || bytes.length > TAG_BYTES || text.startsWith('0x')) {
    throw new ApiError('BAD_TAG', {
      message: `"${text}" is not a bucket tag`,
      hint: `Pass a name of 1 to ${TAG_BYTES} bytes, or 0x and ${2 * TAG_BYTES} hexadecimal digits.`,
      facts: { text },
    })
  }
  return zeroPadBytes(bytes, TAG_BYTES)
}

/** A tag nobody chose, for buckets that need no name. */
export const randomTag = (): string => hexlify(randomBytes(TAG_BYTES))
