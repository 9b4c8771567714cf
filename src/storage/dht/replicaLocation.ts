import { bytesToUnprefixedHex, bytesToUtf8, utf8ToBytes } from '@ethereumjs/util'
import { parsePeerId } from '../../p2p/addresses.ts'
import type { SigningChain } from '../../protocol/domain.ts'
import { errorMessage } from '../../util/errors.ts'
import { badRecord } from './errors.ts'
import { type DHTRecord, type RecordHead, readRecordBody, signRecord } from './record.ts'
import { encodeRecordKey } from './recordKey.ts'

/** Which of a farmer's nodes holds a replica; the node's own peer record says where it is. */
export interface ReplicaLocation extends RecordHead {
  /** The replica's Merkle root, 32 bytes. */
  root: Uint8Array
  /** The farmer's account, 20 bytes. */
  farmer: Uint8Array
  peerId: string
}

export const replicaLocationKey = ({
  root,
  farmer,
}: Pick<ReplicaLocation, 'root' | 'farmer'>): Uint8Array =>
  encodeRecordKey({ kind: 'replica', account: farmer, subject: bytesToUnprefixedHex(root) })

/** Signs with the farmer's account key. Throws `DHTError` `BAD_RECORD`. */
export const signReplicaLocation = (
  chain: SigningChain,
  { root, farmer, peerId, sequence, expiry }: ReplicaLocation,
  accountKey: Uint8Array,
): DHTRecord =>
  signRecord(
    chain,
    {
      key: { kind: 'replica', account: farmer, subject: bytesToUnprefixedHex(root) },
      sequence,
      expiry,
      body: utf8ToBytes(peerId),
    },
    accountKey,
  )

/** The peer id in a verified replica location. Throws `DHTError` `BAD_RECORD`. */
export function readReplicaLocation({ key, value }: DHTRecord): string {
  try {
    return parsePeerId(bytesToUtf8(readRecordBody(key, value))).toString()
  } catch (error) {
    throw badRecord(errorMessage(error), error)
  }
}
