import { RLP } from '@ethereumjs/rlp'
import { bigIntToBytes, bytesToBigInt, bytesToUnprefixedHex } from '@ethereumjs/util'
import type { SigningChain } from '../../protocol/domain.ts'
import { errorMessage } from '../../util/errors.ts'
import { badRecord } from './errors.ts'
import { type DHTRecord, type RecordHead, readRecordBody, signRecord } from './record.ts'
import { encodeRecordKey } from './recordKey.ts'

/** The newest operation that one author of a stream has made (SPEC 8). */
export interface StreamHead extends RecordHead {
  /** 32 bytes. */
  streamId: Uint8Array
  /** The author's account, 20 bytes: the stream's owner or a modifier. */
  author: Uint8Array
  /** How many operations the author has made. */
  length: bigint
  /** The hash of the last one, 32 bytes, which chains to all before. */
  head: Uint8Array
}

const HASH_BYTES = 32

export const streamHeadKey = ({
  streamId,
  author,
}: Pick<StreamHead, 'streamId' | 'author'>): Uint8Array =>
  encodeRecordKey({ kind: 'stream', account: author, subject: bytesToUnprefixedHex(streamId) })

/** Signs with the author's account key. Throws `DHTError` `BAD_RECORD`. */
export const signStreamHead = (
  chain: SigningChain,
  { streamId, author, length, head, sequence, expiry }: StreamHead,
  accountKey: Uint8Array,
): DHTRecord =>
  signRecord(
    chain,
    {
      key: { kind: 'stream', account: author, subject: bytesToUnprefixedHex(streamId) },
      sequence,
      expiry,
      body: RLP.encode([length === 0n ? new Uint8Array() : bigIntToBytes(length), head]),
    },
    accountKey,
  )

/** What a verified stream head says. Throws `DHTError` `BAD_RECORD`. */
export function readStreamHead({ key, value }: DHTRecord): Pick<StreamHead, 'length' | 'head'> {
  const body = readRecordBody(key, value)
  let items: unknown
  try {
    items = RLP.decode(body)
  } catch (error) {
    throw badRecord(errorMessage(error), error)
  }
  const [length, head] = Array.isArray(items) ? items : []
  if (!(length instanceof Uint8Array && head instanceof Uint8Array && head.length === HASH_BYTES)) {
    throw badRecord('a stream head is a length and a hash of 32 bytes')
  }
  return { length: bytesToBigInt(length), head }
}
