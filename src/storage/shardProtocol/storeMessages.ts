import type { ReplicaOffer } from '../../protocol/replicaContract.ts'
import { decodeOffer, encodeOffer } from './offer.ts'
import { grantFields, type PeerGrant, readGrant } from './peerGrant.ts'
import { badMessage, decodeFields, encodeFields, readBytes, readUint, tagged } from './wire.ts'

/**
 * How a replica is stored (`/genaro/store/1.0.0`): the client's first frame is a `StoreRequest`; the farmer
 * answers `Accepted` with the byte to go on from, then takes frames of replica bytes until the client's end and
 * says after each how many it has; when all are there and hash to the root it answers `Signed`. Instead of any
 * of these it may refuse.
 */
export interface StoreRequest {
  offer: ReplicaOffer
  grant: PeerGrant
}

/** First bytes of the farmer's frames; 0 is a refusal. */
const ACCEPTED = 1
const RECEIVED = 2
const SIGNED = 3

export type StoreAnswer =
  | { kind: 'accepted'; resumeFrom: bigint }
  | { kind: 'received'; receivedBytes: bigint }
  /** The farmer's EIP-712 signature of the offer, 65 bytes. */
  | { kind: 'signed'; signature: Uint8Array }

export const encodeStoreRequest = ({ offer, grant }: StoreRequest): Uint8Array =>
  encodeFields([encodeOffer(offer), grantFields(grant)])

/** Throws `StorageError` `BAD_MESSAGE`. */
export const decodeStoreRequest = (bytes: Uint8Array): StoreRequest =>
  decodeFields(
    'request to store',
    bytes,
    2,
    ([offer, grant]) => {
      if (!(offer instanceof Uint8Array) || !Array.isArray(grant) || grant.length !== 3) {
        throw badMessage('request to store', 'it must hold an offer and a grant')
      }
      return { offer: decodeOffer(offer), grant: readGrant(grant) }
    },
    encodeStoreRequest,
  )

export function encodeStoreAnswer(answer: StoreAnswer): Uint8Array {
  if (answer.kind === 'signed') return tagged(SIGNED, answer.signature)
  return answer.kind === 'accepted'
    ? tagged(ACCEPTED, encodeFields([answer.resumeFrom]))
    : tagged(RECEIVED, encodeFields([answer.receivedBytes]))
}

/** Throws `StorageError` `BAD_MESSAGE`. */
export function decodeStoreAnswer(frame: Uint8Array): StoreAnswer {
  const body = frame.subarray(1)
  if (frame[0] === SIGNED) return { kind: 'signed', signature: readBytes(body, 'signature', 65) }
  if (frame[0] === ACCEPTED) return { kind: 'accepted', resumeFrom: readCount(body) }
  if (frame[0] === RECEIVED) return { kind: 'received', receivedBytes: readCount(body) }
  throw badMessage('answer', `it begins with ${frame[0]}`)
}

const readCount = (bytes: Uint8Array): bigint =>
  decodeFields(
    'byte count',
    bytes,
    1,
    ([count]) => readUint(count, 'byte count', 64),
    (count) => encodeFields([count]),
  )
