import { bytesToHex } from '@ethereumjs/util'
import type { ReplicaOffer } from '../../protocol/replicaContract.ts'
import { decodeOffer, encodeOffer } from '../shardProtocol/offer.ts'
import { badMessage, decodeFields, encodeFields, readUint } from '../shardProtocol/wire.ts'

/**
 * How far a replica is: its bytes are arriving; all are here and our signature may be out; the chain holds us to
 * it; it is over, and its bytes may go.
 */
export type ReplicaState = (typeof STATES)[number]

const STATES = ['receiving', 'acknowledged', 'registered', 'ended'] as const

/** What a farmer knows of a replica beside its bytes. */
export interface ReplicaRecord {
  /** The struct hash of the offer, 32 bytes in hex. */
  readonly id: string
  readonly offer: ReplicaOffer
  readonly state: ReplicaState
  /** Our signature of the offer, 65 bytes in hex; `0x` while receiving. */
  readonly signature: string
  /** Unix seconds of the last change of state. */
  readonly changedAt: bigint
}

/** A record without its id, which is its key. */
export const encodeRecord = ({ offer, state, signature, changedAt }: Omit<ReplicaRecord, 'id'>) =>
  encodeFields([
    BigInt(STATES.indexOf(state)),
    encodeOffer(offer),
    Buffer.from(signature.slice(2), 'hex'),
    changedAt,
  ])

/** Throws `StorageError` `BAD_MESSAGE`. */
export const decodeRecord = (id: string, bytes: Uint8Array): ReplicaRecord =>
  decodeFields(
    'record of a replica',
    bytes,
    4,
    ([state, offer, signature, changedAt]) => {
      const name = STATES[Number(readUint(state, 'state', 8))]
      if (name === undefined || !(offer instanceof Uint8Array) || Array.isArray(signature)) {
        throw badMessage('record of a replica', 'a field has the wrong form')
      }
      return {
        id,
        state: name,
        offer: decodeOffer(offer),
        signature: bytesToHex(signature ?? new Uint8Array()),
        changedAt: readUint(changedAt, 'time', 64),
      }
    },
    encodeRecord,
  )

/** The files of a replica. */
export const dataFile = (id: string): string => `${id.slice(2)}.replica`
export const treeFile = (id: string): string => `${id.slice(2)}.tree`

/** The id a file belongs to; undefined for files that are none of ours. */
export const idOfFile = (name: string): string | undefined => {
  const [, digits] = /^([0-9a-f]{64})\.(replica|tree)$/.exec(name) ?? []
  return digits && `0x${digits}`
}
