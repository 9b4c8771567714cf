import { FileLayoutError } from './fileLayoutErrors.ts'

/**
 * How a shard becomes the leaves of a replica (SPEC 6), as numbers alone. The shard's leaves stand in order, in rows
 * of `groups` leaves: column g of all rows is code group g, so that neighbours belong to different groups and the
 * loss of a stretch of the replica is a small loss to each. 32 rows of parity follow; these are the
 * coded leaves. Sentinels are spread evenly over windows, and each window is then permuted in secret.
 */
export interface ReplicaLayout {
  readonly shardBytes: number
  /** Leaves that hold the shard; the last is filled up with zeros. */
  readonly dataLeaves: number
  /** Codewords of the inner code, which all have 32 parity leaves. */
  readonly groups: number
  /** Rows of data that are stored, at most 223; the rest are virtual zeros. */
  readonly dataRows: number
  /** Data and parity leaves. */
  readonly codedLeaves: number
  readonly sentinels: number
  /** All leaves. */
  readonly leafCount: number
  readonly replicaBytes: number
  readonly windowCount: number
}

/** Bytes of a leaf. */
export const LEAF_BYTES = 1_024

/** The inner code: RS(255,223) (YP 4.3). */
export const INNER_DATA_LEAVES = 223
export const INNER_PARITY_LEAVES = 32

/** Most leaves of a window: 1 MiB. */
export const MAX_WINDOW_LEAVES = 1_024

/** Every replica has at least so many sentinels, and one for each thousand coded leaves. */
export const MIN_SENTINELS = 64
export const CODED_LEAVES_PER_SENTINEL = 1_000

/** Above this, products of leaf and window counts would no longer be exact numbers. */
export const MAX_SHARD_BYTES = 2 ** 38

/** Throws FileLayoutError BAD_SIZE unless the shard has 1 byte to 256 GiB: empty shards have no replicas. */
export function createReplicaLayout(shardBytes: number): ReplicaLayout {
  if (!Number.isInteger(shardBytes) || shardBytes < 1 || shardBytes > MAX_SHARD_BYTES) {
    throw new FileLayoutError('BAD_SIZE', {
      message: `A shard with a replica has 1 to ${MAX_SHARD_BYTES} bytes, got ${shardBytes}`,
    })
  }
  const dataLeaves = Math.ceil(shardBytes / LEAF_BYTES)
  const groups = Math.ceil(dataLeaves / INNER_DATA_LEAVES)
  const codedLeaves = dataLeaves + groups * INNER_PARITY_LEAVES
  const sentinels = Math.max(MIN_SENTINELS, Math.ceil(codedLeaves / CODED_LEAVES_PER_SENTINEL))
  const leafCount = codedLeaves + sentinels
  return {
    shardBytes,
    dataLeaves,
    groups,
    dataRows: Math.ceil(dataLeaves / groups),
    codedLeaves,
    sentinels,
    leafCount,
    replicaBytes: leafCount * LEAF_BYTES,
    windowCount: Math.ceil(leafCount / MAX_WINDOW_LEAVES),
  }
}

/** A window: where its leaves lie in the replica, and which coded leaves and sentinels they are. */
export interface ReplicaWindow {
  readonly index: number
  readonly firstLeaf: number
  readonly leaves: number
  readonly firstCoded: number
  readonly coded: number
  readonly firstSentinel: number
  readonly sentinels: number
}

/** Windows are of equal size, give or take a leaf: a last one of few leaves would hide nothing. */
export function replicaWindow(layout: ReplicaLayout, index: number): ReplicaWindow {
  const firstLeaf = share(layout.leafCount, index, layout)
  const firstSentinel = share(layout.sentinels, index, layout)
  const leaves = share(layout.leafCount, index + 1, layout) - firstLeaf
  const sentinels = share(layout.sentinels, index + 1, layout) - firstSentinel
  const firstCoded = firstLeaf - firstSentinel
  return {
    index,
    firstLeaf,
    leaves,
    firstCoded,
    coded: leaves - sentinels,
    firstSentinel,
    sentinels,
  }
}

/** How many of `count` things come before a window when they are spread evenly. */
const share = (count: number, index: number, { windowCount }: ReplicaLayout): number =>
  Math.floor((count * index) / windowCount)

/** The index of the window that holds a coded leaf. */
export function windowOfCodedLeaf(layout: ReplicaLayout, codedLeaf: number): number {
  let index = Math.min(
    Math.floor((codedLeaf * layout.windowCount) / layout.codedLeaves),
    layout.windowCount - 1,
  )
  // Rounding puts a window's border at most two leaves from where proportion alone would.
  while (replicaWindow(layout, index).firstCoded > codedLeaf) index--
  for (;;) {
    const { firstCoded, coded } = replicaWindow(layout, index)
    if (codedLeaf < firstCoded + coded) return index
    index++
  }
}
