import { bigIntToBytes, bytesToBigInt, concatBytes, setLengthLeft } from '@ethereumjs/util'
import { refuseNetworkTransaction } from './networkTransactionErrors.ts'

/** What a farmer sends to answer a challenge (SPEC 4, kind 10; YP 4.3). */
export interface InspectionAnswer {
  /** The block the answer is bound to, at most four back, so that it counts on no other fork. */
  anchorNumber: bigint
  /** Its hash, 32 bytes. */
  anchorHash: Uint8Array
  /** The sampled leaves with their paths, as `Inspections.answer` takes them. */
  proof: Uint8Array
}

const NUMBER_BYTES = 8
const HASH_BYTES = 32
const HEAD_BYTES = NUMBER_BYTES + HASH_BYTES

/** The payload of kind 10: anchor number (8 bytes) ‖ anchor hash ‖ proof. Throws BAD_PAYLOAD for values out of range. */
export function encodeInspectionAnswer(answer: InspectionAnswer): Uint8Array {
  const { anchorNumber, anchorHash, proof } = answer
  if (anchorNumber < 0n || BigInt.asUintN(64, anchorNumber) !== anchorNumber) {
    refuseNetworkTransaction('BAD_PAYLOAD', `anchor ${anchorNumber} does not fit into 64 bits`)
  }
  if (anchorHash.length !== HASH_BYTES) {
    refuseNetworkTransaction('BAD_PAYLOAD', `an anchor hash of ${anchorHash.length} bytes`)
  }
  return concatBytes(setLengthLeft(bigIntToBytes(anchorNumber), NUMBER_BYTES), anchorHash, proof)
}

/** Reads the payload of kind 10; throws `NetworkTransactionError` BAD_PAYLOAD when it is too short. */
export function decodeInspectionAnswer(payload: Uint8Array): InspectionAnswer {
  checkAnswerPayload(payload)
  return {
    anchorNumber: bytesToBigInt(payload.subarray(0, NUMBER_BYTES)),
    anchorHash: payload.slice(NUMBER_BYTES, HEAD_BYTES),
    proof: payload.slice(HEAD_BYTES),
  }
}

/** Throws `NetworkTransactionError` BAD_PAYLOAD for a payload that cannot be an answer. */
export function checkAnswerPayload(payload: Uint8Array): void {
  if (payload.length >= HEAD_BYTES) return
  refuseNetworkTransaction(
    'BAD_PAYLOAD',
    `an answer begins with ${HEAD_BYTES} bytes of anchor, got ${payload.length} bytes`,
  )
}
