import { bytesToBigInt } from '@ethereumjs/util'
import { encodeInspectionAnswer, type InspectionAnswer } from './inspectionAnswer.ts'
import { NETWORK_KINDS } from './networkKinds.ts'
import {
  NETWORK_TRANSACTION_TYPE,
  NetworkTransaction,
  networkSigningHash,
} from './networkTransaction.ts'
import { refuseNetworkTransaction } from './networkTransactionErrors.ts'
import type { RecoverSigner } from './networkTransactionFields.ts'
import { decodeRLPStrings } from './rlpStrings.ts'

/** The most that one network transaction may take, serialized. */
export const MAX_NETWORK_TRANSACTION_BYTES = 65_536
/** The most that the signed network transactions of a block may take together, serialized. */
export const LANE_BYTES = 131_072

const SIGNATURE_BYTES = 65

/** Signs 32 bytes with the sender's account key: r ‖ s ‖ yParity, 65 bytes, s in the lower half. */
export type SignHash = (hash: Uint8Array) => Uint8Array

export interface NetworkTransactionOptions {
  chainId: bigint
  kind: number
  nonce: bigint
  payload: Uint8Array
  sign: SignHash
  recover?: RecoverSigner
}

/** Makes and signs a network transaction; throws `NetworkTransactionError`. */
export function createNetworkTransaction(options: NetworkTransactionOptions): NetworkTransaction {
  const { chainId, kind, nonce, payload, sign, recover } = options
  const signature = sign(networkSigningHash({ chainId, kind, nonce, payload }))
  if (signature.length !== SIGNATURE_BYTES) {
    refuseNetworkTransaction('BAD_SIGNATURE', `a signature of ${signature.length} bytes`)
  }
  const transaction = new NetworkTransaction(
    {
      chainId,
      kind,
      nonce,
      payload,
      r: bytesToBigInt(signature.subarray(0, 32)),
      s: bytesToBigInt(signature.subarray(32, 64)),
      yParity: BigInt(signature[64]!),
    },
    recover,
  )
  checkSize(transaction.serialize().length)
  return transaction
}

export interface AnswerOptions extends InspectionAnswer {
  chainId: bigint
  challengeId: bigint
  sign: SignHash
  recover?: RecoverSigner
}

/** Makes and signs a farmer's answer to a challenge (kind 10); throws `NetworkTransactionError`. */
export const createInspectionAnswer = ({
  challengeId,
  chainId,
  sign,
  recover,
  ...answer
}: AnswerOptions): NetworkTransaction =>
  createNetworkTransaction({
    chainId,
    kind: NETWORK_KINDS.inspectionAnswer.kind,
    nonce: challengeId,
    payload: encodeInspectionAnswer(answer),
    sign,
    ...(recover && { recover }),
  })

const UNSIGNED = { yParity: 0n, r: 0n, s: 0n } as const

/** The step of the inspections at the end of block `number` (kind 17). */
export const createInspectionStep = (
  chainId: bigint,
  number: bigint,
  isLaneFull: boolean,
): NetworkTransaction =>
  new NetworkTransaction({
    ...UNSIGNED,
    chainId,
    nonce: number,
    kind: NETWORK_KINDS.inspectionStep.kind,
    payload: Uint8Array.of(isLaneFull ? 1 : 0),
  })

/** The renewal of the heft of all accounts in block `number` (kind 2). */
export const createHeftSync = (chainId: bigint, number: bigint): NetworkTransaction =>
  new NetworkTransaction({
    ...UNSIGNED,
    chainId,
    nonce: number,
    kind: NETWORK_KINDS.heftSync.kind,
    payload: new Uint8Array(0),
  })

const FIELD_COUNT = 7

/**
 * Reads a serialized network transaction, in the one encoding it has. Throws `NetworkTransactionError` for everything
 * else. Whether the signature has a signer shows when the sender is asked for.
 */
export function decodeNetworkTransaction(
  bytes: Uint8Array,
  recover?: RecoverSigner,
): NetworkTransaction {
  checkSize(bytes.length)
  if (bytes[0] !== NETWORK_TRANSACTION_TYPE) {
    refuseNetworkTransaction('BAD_ENCODING', `its first byte is ${bytes[0]}, not 96`)
  }
  const items = decodeRLPStrings(bytes.subarray(1))
  if (items === undefined) {
    return refuseNetworkTransaction('BAD_ENCODING', 'it is not one list of byte strings in RLP')
  }
  if (items.length !== FIELD_COUNT) {
    refuseNetworkTransaction('BAD_ENCODING', `it has ${items.length} fields, not ${FIELD_COUNT}`)
  }
  const [chainId, nonce, kind, payload, yParity, r, s] = items as [...Uint8Array[]] & { length: 7 }
  return new NetworkTransaction(
    {
      chainId: integerOf('chain id', chainId!),
      nonce: integerOf('nonce', nonce!),
      kind: Number(integerOf('kind', kind!)),
      payload: payload!.slice(),
      yParity: integerOf('yParity', yParity!),
      r: integerOf('r', r!),
      s: integerOf('s', s!),
    },
    recover,
  )
}

function checkSize(sizeBytes: number): void {
  if (sizeBytes <= MAX_NETWORK_TRANSACTION_BYTES) return
  refuseNetworkTransaction(
    'TOO_LARGE',
    `it has ${sizeBytes} bytes, more than ${MAX_NETWORK_TRANSACTION_BYTES}`,
  )
}

const MAX_INTEGER_BYTES = 32

function integerOf(name: string, bytes: Uint8Array): bigint {
  if (bytes.length <= MAX_INTEGER_BYTES && bytes[0] !== 0) return bytesToBigInt(bytes)
  return refuseNetworkTransaction('BAD_ENCODING', `${name} is not a number in its shortest form`)
}
