import { bigIntToBytes, concatBytes, setLengthLeft, utf8ToBytes } from '@ethereumjs/util'
import { keccak256 } from '../crypto/keccak.ts'
import { InspectionError } from './inspectionErrors.ts'

/** What decides a scheduled inspection: the beacon value of the block that opens it, the node, and the round. */
export interface ScheduledInspection {
  /** 32 bytes: the block's prevRandao. */
  mix: Uint8Array
  node: bigint
  round: bigint
}

/** The seed of a scheduled inspection: another beacon, and so another fork, node or round has another. */
export const scheduledSeed = ({ mix, node, round }: ScheduledInspection): Uint8Array =>
  keccak256(concatBytes(SCHEDULED_TAG, wordOfBytes(mix), wordOf(node), wordOf(round)))

/** What decides the inspection of one replica that somebody paid for. */
export interface ExtraInspection {
  /** 32 bytes: the block's prevRandao. */
  mix: Uint8Array
  /** 32 bytes. */
  replicaId: Uint8Array
  challengeId: bigint
}

/** The seed of an extra inspection. */
export const extraSeed = ({ mix, replicaId, challengeId }: ExtraInspection): Uint8Array =>
  keccak256(concatBytes(EXTRA_TAG, wordOfBytes(mix), wordOfBytes(replicaId), wordOf(challengeId)))

const SCHEDULED_TAG = keccak256(utf8ToBytes('Genaro scheduled inspection'))
const EXTRA_TAG = keccak256(utf8ToBytes('Genaro extra inspection'))

const WORD_BYTES = 32

function wordOf(value: bigint): Uint8Array {
  if (value < 0n || value >> 256n !== 0n) {
    throw new InspectionError('BAD_SEED', { message: `${value} is not a number of 256 bits` })
  }
  return setLengthLeft(bigIntToBytes(value), WORD_BYTES)
}

function wordOfBytes(bytes: Uint8Array): Uint8Array {
  if (bytes.length === WORD_BYTES) return bytes
  throw new InspectionError('BAD_SEED', {
    message: `A seed is made from values of ${WORD_BYTES} bytes, got ${bytes.length}`,
  })
}
