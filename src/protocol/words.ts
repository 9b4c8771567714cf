import { bigIntToBytes, bytesToBigInt, setLengthLeft } from '@ethereumjs/util'

/** Fields of one storage word with their widths in bits, from the lowest bit up, as Solidity packs them. */
type Fields = Record<string, number>

type Values<F extends Fields> = { -readonly [Name in keyof F]: bigint }

/** Puts the fields together; a value that does not fit its width is refused. */
function packWord<F extends Fields>(fields: F, values: Values<F>): Uint8Array {
  let word = 0n
  let shift = 0n
  for (const name of Object.keys(fields) as (keyof F & string)[]) {
    const width = BigInt(fields[name]!)
    const value = values[name]
    if (BigInt.asUintN(Number(width), value) !== value) {
      throw new RangeError(`${name} ${value} does not fit into ${width} bits`)
    }
    word |= value << shift
    shift += width
  }
  return setLengthLeft(bigIntToBytes(word), 32)
}

/** Takes a word of at most 32 bytes apart; an empty one, as state managers give for absent slots, is 0. */
function unpackWord<F extends Fields>(fields: F, bytes: Uint8Array): Values<F> {
  let word = bytesToBigInt(bytes)
  const values: Record<string, bigint> = {}
  for (const [name, width] of Object.entries(fields)) {
    values[name] = BigInt.asUintN(width, word)
    word >>= BigInt(width)
  }
  return values as Values<F>
}

const BUCKET_FIELDS = {
  sizeBytes: 64,
  usedBytes: 64,
  startTime: 48,
  endTime: 48,
  backups: 16,
} as const

/** What the storage opcodes read of a bucket. Times are Unix seconds; `endTime` 0 means no bucket. */
export type BucketWord = Values<typeof BUCKET_FIELDS>

export const encodeBucketWord = (bucket: BucketWord): Uint8Array => packWord(BUCKET_FIELDS, bucket)

export const decodeBucketWord = (bytes: Uint8Array): BucketWord => unpackWord(BUCKET_FIELDS, bytes)

const STREAM_FIELDS = { headVersion: 64, requestedVersion: 64, status: 8 } as const

/** The newest anchored version of a stream, the version asked for, and one of `STREAM_STATUS`. */
export type StreamWord = Values<typeof STREAM_FIELDS>

export const STREAM_STATUS = { none: 0n, open: 1n, frozen: 2n, settled: 3n } as const

export const encodeStreamWord = (stream: StreamWord): Uint8Array => packWord(STREAM_FIELDS, stream)

export const decodeStreamWord = (bytes: Uint8Array): StreamWord => unpackWord(STREAM_FIELDS, bytes)

const STAKER_FIELDS = { stakeWei: 128, candidatePosition: 64, hasKey: 8, resigned: 8 } as const

/** An account's stake, its place among the candidates (counted from 1; 0 for none) and two flags. */
export type StakerWord = Values<typeof STAKER_FIELDS>

export const encodeStakerWord = (staker: StakerWord): Uint8Array => packWord(STAKER_FIELDS, staker)

export const decodeStakerWord = (bytes: Uint8Array): StakerWord => unpackWord(STAKER_FIELDS, bytes)

const NODE_FIELDS = { owner: 160, capacityBytes: 64, position: 32 } as const

/** A farmer node's owner as a number, what it offers, and its place among the owner's (counted from 1). */
export type NodeWord = Values<typeof NODE_FIELDS>

export const encodeNodeWord = (node: NodeWord): Uint8Array => packWord(NODE_FIELDS, node)

export const decodeNodeWord = (bytes: Uint8Array): NodeWord => unpackWord(NODE_FIELDS, bytes)

const NODE_USE_FIELDS = {
  usedBytes: 64,
  replicaCount: 64,
  activePosition: 64,
  dischargedTime: 64,
} as const

/**
 * What a node's replicas take, how many there are, its place among all active nodes (counted from 1), and when it
 * was discharged (Unix seconds; 0 for never).
 */
export type NodeUseWord = Values<typeof NODE_USE_FIELDS>

export const encodeNodeUseWord = (use: NodeUseWord): Uint8Array => packWord(NODE_USE_FIELDS, use)

export const decodeNodeUseWord = (bytes: Uint8Array): NodeUseWord =>
  unpackWord(NODE_USE_FIELDS, bytes)

const MARKET_PARAMS_FIELDS = {
  spacePriceWei: 96,
  trafficPriceWei: 96,
  burnShareBasisPoints: 16,
  bundledDownloadsPerYear: 32,
  expansionBasisPoints: 16,
} as const

const STAKING_PARAMS_FIELDS = {
  minimumStakeWei: 128,
  epochLengthSlots: 64,
  unbondingEpochs: 32,
} as const

const INSPECTION_PARAMS_FIELDS = {
  periodSlots: 64,
  answerSlots: 64,
  challengeBondWei: 128,
} as const

const HEFT_PARAMS_FIELDS = { floorPriceWei: 96, storageRewardWei: 96, heftPerGNX: 64 } as const

/** All that the Params contract holds. */
export type ParamsWords = Values<typeof MARKET_PARAMS_FIELDS> &
  Values<typeof STAKING_PARAMS_FIELDS> &
  Values<typeof INSPECTION_PARAMS_FIELDS> &
  Values<typeof HEFT_PARAMS_FIELDS>

export const encodeParamsWords = (params: ParamsWords) => ({
  market: packWord(MARKET_PARAMS_FIELDS, params),
  staking: packWord(STAKING_PARAMS_FIELDS, params),
  inspections: packWord(INSPECTION_PARAMS_FIELDS, params),
  heft: packWord(HEFT_PARAMS_FIELDS, params),
})

/** The word of Params about inspections with another length of rounds, in slots. */
export const replacePeriodSlots = (word: Uint8Array, periodSlots: bigint): Uint8Array =>
  packWord(INSPECTION_PARAMS_FIELDS, {
    ...unpackWord(INSPECTION_PARAMS_FIELDS, word),
    periodSlots,
  })

const HEFT_SYNC_FIELDS = { epoch: 64, cursor: 64 } as const

/**
 * How far the heft sync is: the last epoch one began in, and, while that one is unfinished, how many active nodes it
 * has still to visit (0 once it is done).
 */
export type HeftSyncWord = Values<typeof HEFT_SYNC_FIELDS>

export const decodeHeftSyncWord = (bytes: Uint8Array): HeftSyncWord =>
  unpackWord(HEFT_SYNC_FIELDS, bytes)

const INSPECTIONS_FIELDS = { totalInspections: 128, pendingWork: 64 } as const

/**
 * The paid bytes that scheduled answers have proven since genesis; and how many farmers' trees are visited by the
 * schedule and challenges are pending: at 0, `Inspections.step` has nothing to do.
 */
export type InspectionsWord = Values<typeof INSPECTIONS_FIELDS>

export const decodeInspectionsWord = (bytes: Uint8Array): InspectionsWord =>
  unpackWord(INSPECTIONS_FIELDS, bytes)

const CHALLENGE_FIELDS = { node: 64, round: 64, snapshotSlot: 64, snapshotBlock: 64 } as const

/** A challenge's node, round, and when it began; block 0 when there is none. */
export type ChallengeWord = Values<typeof CHALLENGE_FIELDS>

export const decodeChallengeWord = (bytes: Uint8Array): ChallengeWord =>
  unpackWord(CHALLENGE_FIELDS, bytes)
