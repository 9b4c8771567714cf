import { ProtocolError } from '../protocol/errors.ts'

/** A bucket's id in the form everything prints. Throws `ProtocolError` with code `BAD_BUCKET_ID`. */
export function parseBucketId(text: string): string {
  if (!/^0x[0-9a-f]{64}$/i.test(text)) {
    throw new ProtocolError('BAD_BUCKET_ID', {
      message: `"${text}" is not the id of a bucket`,
      hint: 'Pass the 0x-prefixed id of 64 hexadecimal digits that `genaro bucket list` prints.',
      facts: { text },
    })
  }
  return text.toLowerCase()
}
