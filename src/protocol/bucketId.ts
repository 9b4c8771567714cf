import {
  Address,
  bytesToHex,
  concatBytes,
  hexToBytes,
  type PrefixedHexString,
} from '@ethereumjs/util'
import { ProtocolError } from './errors.ts'

/**
 * A bucket or stream id is 32 bytes: its owner's address in the high 20, a tag the owner chose in the
 * low 12. An id names its owner, so nobody can take another's.
 */
export interface BucketIdParts {
  owner: Address
  /** 12 bytes. */
  tag: Uint8Array
}

export const TAG_BYTES = 12

export function encodeBucketId({ owner, tag }: BucketIdParts): PrefixedHexString {
  if (tag.length !== TAG_BYTES) {
    throw new ProtocolError('BAD_BUCKET_ID', {
      message: `The tag of a bucket id is ${TAG_BYTES} bytes, got ${tag.length}`,
    })
  }
  return bytesToHex(concatBytes(owner.bytes, tag))
}

export function decodeBucketId(id: PrefixedHexString): BucketIdParts {
  const bytes = hexToBytes(id)
  if (bytes.length !== 32) {
    throw new ProtocolError('BAD_BUCKET_ID', {
      message: `A bucket id is 32 bytes, got ${bytes.length}`,
      hint: 'Pass the 0x-prefixed id of 64 hexadecimal digits that `genaro bucket list` prints.',
    })
  }
  return { owner: new Address(bytes.slice(0, 20)), tag: bytes.slice(20) }
}
