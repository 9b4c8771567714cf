import { defineProtocol } from '../../p2p/requestResponse.ts'
import { REPLICA_PROTOCOL } from './limits.ts'
import { bytesOfHex, decodeFields, encodeFields, readHex, readUint } from './wire.ts'

/** How far a farmer is with a replica. */
export interface ReplicaStatus {
  /** Bytes it holds; 0 for a replica it does not know. */
  receivedBytes: bigint
  /** It holds all of them, and has signed. */
  isAcknowledged: boolean
  /** It has seen the replica registered on chain. */
  isRegistered: boolean
}

/** Asks a farmer about a replica, by its id: the EIP-712 struct hash of the offer, 32 bytes in hex. */
export const replicaStatusProtocol = defineProtocol<{ replicaId: string }, ReplicaStatus>({
  name: REPLICA_PROTOCOL,
  request: { encode: encodeRequest, decode: decodeRequest },
  response: { encode: encodeStatus, decode: decodeStatus },
  limits: { maxRequestBytes: 64, maxResponseBytes: 32, rate: { perSecond: 100, burst: 500 } },
})

function encodeRequest({ replicaId }: { replicaId: string }): Uint8Array {
  return encodeFields([bytesOfHex(replicaId, 'replica id', 32)])
}

function decodeRequest(bytes: Uint8Array): { replicaId: string } {
  return decodeFields(
    'replica question',
    bytes,
    1,
    ([replicaId]) => ({ replicaId: readHex(replicaId, 'replica id', 32) }),
    encodeRequest,
  )
}

function encodeStatus({ receivedBytes, isAcknowledged, isRegistered }: ReplicaStatus): Uint8Array {
  return encodeFields([receivedBytes, BigInt(isAcknowledged), BigInt(isRegistered)])
}

function decodeStatus(bytes: Uint8Array): ReplicaStatus {
  return decodeFields(
    'replica status',
    bytes,
    3,
    ([received, acknowledged, registered]) => ({
      receivedBytes: readUint(received, 'byte count', 64),
      isAcknowledged: readUint(acknowledged, 'flag', 1) === 1n,
      isRegistered: readUint(registered, 'flag', 1) === 1n,
    }),
    encodeStatus,
  )
}
