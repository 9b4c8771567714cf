import { StorageError } from '../errors.ts'
import { LEAF_BYTES } from '../shardProtocol/limits.ts'

/** The disk takes no more bytes. */
export const diskFull = (facts: Record<string, unknown>, cause?: unknown): StorageError =>
  new StorageError('DISK_FULL', {
    message: "The farmer's disk has no room for the replica",
    hint: 'Use another farmer.',
    facts,
    cause,
  })

/** What the farmer offers is taken. */
export const noCapacity = (sizeBytes: number, freeBytes: number): StorageError =>
  new StorageError('NO_CAPACITY', {
    message: `The replica has ${sizeBytes} bytes; the farmer offers ${Math.max(0, freeBytes)} more`,
    hint: 'Use another farmer.',
    facts: { sizeBytes, freeBytes },
  })

/** As much as the farmer does at once is being done. */
export const busy = (reason: string): StorageError =>
  new StorageError('BUSY', {
    message: `The farmer cannot take the replica now: ${reason}`,
    hint: 'Try again in a moment.',
  })

/** No such replica is held. */
export const unknownReplica = (id: string): StorageError =>
  new StorageError('UNKNOWN_REPLICA', {
    message: `The farmer holds no replica ${id}`,
    hint: 'Ask the chain which farmers hold the file.',
    facts: { id },
  })

/** The replica is still arriving. */
export const notReady = (id: string): StorageError =>
  new StorageError('NOT_READY', {
    message: `The farmer has not received all of replica ${id}`,
    hint: 'Go on storing it first.',
    facts: { id },
  })

/** Bytes of the replica are lost. */
export const replicaDamaged = (id: string, cause?: unknown): StorageError =>
  new StorageError('REPLICA_DAMAGED', {
    message: `The farmer cannot read replica ${id} from its disk`,
    hint: 'Read another replica, and have this one repaired.',
    facts: { id },
    cause,
  })

/** Too many bytes, too few, or half a leaf. */
export const sizeMismatch = (receivedBytes: number, sizeBytes: number): StorageError =>
  new StorageError('SIZE_MISMATCH', {
    message: `${receivedBytes} bytes came of a replica of ${sizeBytes}, in whole leaves of ${LEAF_BYTES}`,
    hint: 'Send exactly the replica the offer describes.',
    facts: { receivedBytes, sizeBytes },
  })

/** Other bytes than the offer's. */
export const rootMismatch = (root: string, offered: string): StorageError =>
  new StorageError('ROOT_MISMATCH', {
    message: `The bytes lead to the root ${root}, the offer says ${offered}`,
    hint: 'Send the bytes the offer was made for, from the beginning.',
    facts: { root, offered },
  })

/** The replica's time is over. */
export const termExpired = (id: string, endTime: bigint): StorageError =>
  new StorageError('TERM_EXPIRED', {
    message: `The term of replica ${id} ended at ${endTime}`,
    hint: 'Read it from a replica whose term runs.',
    facts: { id, endTime },
  })
