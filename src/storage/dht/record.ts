import { RLP } from '@ethereumjs/rlp'
import { bigIntToBytes, bytesToBigInt, equalsBytes } from '@ethereumjs/util'
import { publicKeyToAddress, recoverPublicKey, sign } from '../../crypto/secp256k1.ts'
import {
  decodePeerRecord,
  encodePeerRecord,
  type SignedPeerRecord,
  verifyPeerRecord,
} from '../../p2p/peerRecord.ts'
import { type SigningChain, signingHash } from '../../protocol/domain.ts'
import { errorMessage } from '../../util/errors.ts'
import { badRecord, DHTError } from './errors.ts'
import { decodeRecordKey, encodeRecordKey, type RecordKey } from './recordKey.ts'

/** The longest value of a record, in bytes: the DHT holds pointers, never data (SPEC 7). */
export const MAX_RECORD_BYTES = 1_024

/** The longest a record may live after it was signed, in seconds: two days; publishers sign anew each day. */
export const MAX_RECORD_LIFE_SECONDS = 172_800n

/** How far another's clock may be ahead, in seconds. */
const CLOCK_SKEW_SECONDS = 600n

/** A key and the value that stands under it. */
export interface DHTRecord {
  key: Uint8Array
  value: Uint8Array
}

/** What every record tells: which of two is newer, and until when it counts. */
export interface RecordHead {
  /** Counts up with each new record under the key; the highest one is true. */
  sequence: bigint
  /** Seconds since the Unix epoch. It is inside what is signed, so that no holder can prolong it. */
  expiry: bigint
}

export interface RecordContent extends RecordHead {
  key: RecordKey
  /** At most 900 bytes, with the meaning that the kind gives them. */
  body: Uint8Array
}

const SIGNATURE_BYTES = 65
const MAX_BODY_BYTES = 900

/** Signs a record of any kind but `peer` with its account's key of 32 bytes. Throws `DHTError`. */
export function signRecord(
  chain: SigningChain,
  content: RecordContent,
  accountKey: Uint8Array,
): DHTRecord {
  const signature = sign(recordHash(chain, content), accountKey)
  const key = encodeRecordKey(content.key)
  const { sequence, expiry, body } = content
  const value = RLP.encode([numberToBytes(sequence), numberToBytes(expiry), body, signature])
  expectSigner(chain, decodeSigned(decodeRecordKey(key), value))
  return { key, value }
}

/** The DHT record of a node's own signed contact. */
export const peerRecordToDHT = (record: SignedPeerRecord): DHTRecord => ({
  key: encodeRecordKey({ kind: 'peer', account: record.account, subject: record.peerId }),
  value: encodePeerRecord(record),
})

/** Reads sequence and expiry without checking a signature. Throws `DHTError` `BAD_RECORD`. */
export function readRecordHead(key: Uint8Array, value: Uint8Array): RecordHead {
  const recordKey = decodeRecordKey(key)
  return recordKey.kind === 'peer' ? decodePeer(recordKey, value) : decodeSigned(recordKey, value)
}

/**
 * Checks that a value may stand under its key: size, form, the signature of the key's account, and its time.
 * Throws `DHTError`: `BAD_RECORD`, `RECORD_EXPIRED`.
 */
export async function verifyRecord(
  chain: SigningChain,
  { key, value }: DHTRecord,
  nowSeconds: bigint,
): Promise<RecordHead> {
  const recordKey = decodeRecordKey(key)
  if (recordKey.kind !== 'peer') {
    const record = decodeSigned(recordKey, value)
    expectInTime(record, nowSeconds)
    expectSigner(chain, record)
    return record
  }
  const record = decodePeer(recordKey, value)
  expectInTime(record, nowSeconds)
  try {
    await verifyPeerRecord(chain, record, nowSeconds)
  } catch (error) {
    throw badRecord(errorMessage(error), error)
  }
  return record
}

/** The body of a record that was verified. Throws `DHTError` `BAD_RECORD`. */
export const readRecordBody = (key: Uint8Array, value: Uint8Array): Uint8Array =>
  decodeSigned(decodeRecordKey(key), value).body

type SignedRecord = RecordContent & { signature: Uint8Array }

function decodeSigned(key: RecordKey, value: Uint8Array): SignedRecord {
  const items = decodeList(value)
  const [sequence, expiry, body, signature] = items
  if (
    items.length !== 4 ||
    !isBytes(sequence, 8) ||
    !isBytes(expiry, 8) ||
    !isBytes(body, MAX_BODY_BYTES) ||
    !isBytes(signature, SIGNATURE_BYTES) ||
    signature.length !== SIGNATURE_BYTES
  ) {
    throw badRecord('it must be a sequence, an expiry, a body and a signature')
  }
  if (sequence[0] === 0 || expiry[0] === 0) throw badRecord('a number begins with zeros')
  return {
    key,
    sequence: bytesToBigInt(sequence),
    expiry: bytesToBigInt(expiry),
    body,
    signature,
  }
}

function decodeList(value: Uint8Array): unknown[] {
  if (value.length > MAX_RECORD_BYTES) {
    throw badRecord(`it has ${value.length} bytes, more than ${MAX_RECORD_BYTES}`)
  }
  try {
    const decoded = RLP.decode(value)
    return Array.isArray(decoded) ? decoded : []
  } catch (error) {
    throw badRecord(errorMessage(error), error)
  }
}

function decodePeer(key: RecordKey, value: Uint8Array): SignedPeerRecord {
  let record: SignedPeerRecord
  try {
    record = decodePeerRecord(value)
  } catch (error) {
    throw badRecord(errorMessage(error), error)
  }
  if (!equalsBytes(record.account, key.account) || record.peerId !== key.subject) {
    throw badRecord('it is about another node than its key')
  }
  return record
}

function expectInTime({ expiry }: RecordHead, nowSeconds: bigint): void {
  if (expiry <= nowSeconds) {
    throw new DHTError('RECORD_EXPIRED', {
      message: `The DHT record expired at ${expiry}, and it is ${nowSeconds}`,
      hint: 'Its publisher signs a new one each day; look again, or check the clock.',
      facts: { expiry, nowSeconds },
    })
  }
  const latest = nowSeconds + MAX_RECORD_LIFE_SECONDS + CLOCK_SKEW_SECONDS
  if (expiry > latest) throw badRecord(`its expiry ${expiry} is more than two days away`)
}

function expectSigner(chain: SigningChain, record: SignedRecord): void {
  const { signature, key } = record
  let signer: Uint8Array
  try {
    const hash = recordHash(chain, record)
    signer = publicKeyToAddress(recoverPublicKey(hash, signature.subarray(0, 64), signature[64]!))
  } catch (error) {
    throw badRecord(errorMessage(error), error)
  }
  if (!equalsBytes(signer, key.account)) throw badRecord('the account of its key did not sign it')
}

const recordHash = (
  chain: SigningChain,
  { key, sequence, expiry, body }: RecordContent,
): Uint8Array =>
  signingHash(
    'record',
    chain,
    RLP.encode([encodeRecordKey(key), numberToBytes(sequence), numberToBytes(expiry), body]),
  )

const isBytes = (item: unknown, maxBytes: number): item is Uint8Array =>
  item instanceof Uint8Array && item.length <= maxBytes

// RLP writes numbers without leading zeros, and zero as nothing.
const numberToBytes = (value: bigint): Uint8Array =>
  value === 0n ? new Uint8Array() : bigIntToBytes(value)
