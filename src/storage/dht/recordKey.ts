import { bytesToUnprefixedHex, hexToBytes, utf8ToBytes } from '@ethereumjs/util'
import { RECORD_NAMESPACE } from '../../p2p/services.ts'
import { badRecord } from './errors.ts'

/** What a record is about: a node's contact, where a replica is, or the newest operation of a stream. */
export type RecordKind = 'peer' | 'replica' | 'stream'

/**
 * A record's key: `/genaro/<kind>/<account>/<subject>`. It names the account whose signature the record must
 * carry, so that nobody can stand in another's place.
 */
export interface RecordKey {
  kind: RecordKind
  /** 20 bytes. */
  account: Uint8Array
  /** A peer id; or 64 hex digits, a replica's root or a stream's id. */
  subject: string
}

const HASH = /^[0-9a-f]{64}$/

const SUBJECTS: Record<RecordKind, RegExp> = {
  peer: /^[1-9A-HJ-NP-Za-km-z]{46,60}$/,
  replica: HASH,
  stream: HASH,
}

/** The longest key, in bytes: anything longer is refused unread. */
const MAX_KEY_BYTES = 160

const KEY = new RegExp(`^/${RECORD_NAMESPACE}/(peer|replica|stream)/([0-9a-f]{40})/([0-9A-Za-z]+)$`)

export const encodeRecordKey = ({ kind, account, subject }: RecordKey): Uint8Array =>
  utf8ToBytes(`/${RECORD_NAMESPACE}/${kind}/${bytesToUnprefixedHex(account)}/${subject}`)

/** Throws `DHTError` `BAD_RECORD` for anything that `encodeRecordKey` does not make. */
export function decodeRecordKey(bytes: Uint8Array): RecordKey {
  const text = bytes.length <= MAX_KEY_BYTES ? Buffer.from(bytes).toString('latin1') : ''
  const [, kind, account, subject] = KEY.exec(text) ?? []
  if (!isKind(kind) || account === undefined || subject === undefined) {
    throw badRecord('its key is not /genaro/<kind>/<account>/<subject>')
  }
  if (!SUBJECTS[kind].test(subject)) throw badRecord(`its key does not name a ${kind}`)
  return { kind, account: hexToBytes(`0x${account}`), subject }
}

const isKind = (kind: string | undefined): kind is RecordKind =>
  kind !== undefined && Object.hasOwn(SUBJECTS, kind)
