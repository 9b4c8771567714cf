import { RLP } from '@ethereumjs/rlp'
import { type Codec, defineProtocol } from '../../p2p/requestResponse.ts'
import { badRecord } from './errors.ts'
import { type DHTRecord, MAX_RECORD_BYTES } from './record.ts'

/** STORE (YP 2.5) as one node asks another. */
export interface StoreRequest extends DHTRecord {
  /** A copy on the path of a look-up (YP 2.7), which the receiver keeps the shorter the further it is. */
  isCached: boolean
}

/** What the receiver holds now: the record, or a newer one, which it gives back. */
export interface StoreResponse {
  newer: Uint8Array | undefined
}

const MAX_KEY_BYTES = 256

const request: Codec<StoreRequest> = {
  encode: ({ key, value, isCached }) => RLP.encode([key, value, isCached ? 1 : 0]),
  decode(bytes) {
    const [key, value, flag] = decodeList(bytes, 3)
    if (!key || !value || !flag) throw badRecord('a store request has three parts')
    if (key.length > MAX_KEY_BYTES || value.length > MAX_RECORD_BYTES) throw badRecord('too long')
    return { key, value, isCached: flag.length > 0 }
  },
}

const response: Codec<StoreResponse> = {
  encode: ({ newer }) => RLP.encode([newer ?? new Uint8Array()]),
  decode(bytes) {
    const [newer] = decodeList(bytes, 1)
    return { newer: newer === undefined || newer.length === 0 ? undefined : newer }
  },
}

function decodeList(bytes: Uint8Array, length: number): Uint8Array[] {
  const items = RLP.decode(bytes)
  const isList = Array.isArray(items) && items.length === length
  if (!isList || !items.every((item) => item instanceof Uint8Array)) {
    throw badRecord(`a message must be a list of ${length} byte strings`)
  }
  return items as Uint8Array[]
}

/** A republishing node may hand over everything it holds, hence the generous rate. */
export const storeProtocol = defineProtocol({
  name: '/genaro/kad-store/1.0.0',
  request,
  response,
  limits: {
    maxRequestBytes: MAX_KEY_BYTES + MAX_RECORD_BYTES + 16,
    maxResponseBytes: MAX_RECORD_BYTES + 16,
    timeoutMs: 5_000,
    rate: { perSecond: 100, burst: 1_000 },
    maxConcurrent: 16,
  },
})
