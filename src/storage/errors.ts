import { GenaroError } from '../util/errors.ts'

/** What a farmer refuses by, and tells the other side as it is. */
export type RefusalCode = (typeof REFUSAL_CODES)[number]

/** Every code a refusal on the wire may carry. */
export const REFUSAL_CODES = [
  /** The offer contradicts itself, or is for another node. */
  'BAD_OFFER',
  /** The grant is not the bucket owner's, not for this peer, or expired. */
  'BAD_GRANT',
  /** The receipt is foreign, forged or malformed. */
  'BAD_RECEIPT',
  /** The leaves asked for do not exist, or are too many. */
  'BAD_RANGE',
  /** The farmer's offered space is used up. */
  'NO_CAPACITY',
  /** The farmer's disk takes no more bytes. */
  'DISK_FULL',
  'PRICE_TOO_LOW',
  /** The bucket is unknown to the chain. */
  'UNKNOWN_BUCKET',
  /** The bucket has no room for as many replica bytes. */
  'NO_SPACE',
  /** The bucket's escrow does not cover the price. */
  'NO_ESCROW',
  /** The bucket's, replica's or offer's time is over. */
  'TERM_EXPIRED',
  'TERM_TOO_LONG',
  /** The bytes sent are not those of the offer's root. */
  'ROOT_MISMATCH',
  /** More or fewer bytes were sent than the offer says. */
  'SIZE_MISMATCH',
  'UNKNOWN_REPLICA',
  /** The farmer does not hold all of the replica yet. */
  'NOT_READY',
  /** The farmer lost bytes of the replica. */
  'REPLICA_DAMAGED',
  /** The buyer's traffic does not cover what it asks for. */
  'NO_CREDIT',
  /** Bytes were sent that no receipt came for. */
  'RECEIPT_NEEDED',
  /** As much as the farmer does at once is being done. */
  'BUSY',
  /** The farmer cannot ask the chain, or failed in a way that is its own. */
  'UNAVAILABLE',
] as const

export type StorageErrorCode =
  | RefusalCode
  | 'REFUSED'
  | 'BAD_ANSWER'
  | 'BAD_MESSAGE'
  | 'BAD_LEAVES'
  | 'BAD_OPTION'
  | 'OVERCHARGED'
  | 'WRONG_SIGNER'
  | 'WRONG_CHAIN'
  | 'NOT_STAKED'
  | 'ABORTED'
  | 'STORE_BROKEN'

/** What can go wrong between those who store and those who hold. Other people's words are under `facts`. */
export class StorageError extends GenaroError<StorageErrorCode> {}
