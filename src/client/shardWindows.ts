import {
  LEAF_BYTES,
  MAX_WINDOW_LEAVES,
  type ReplicaLayout,
  replicaWindow,
  windowOfCodedLeaf,
} from '../protocol/replicaLayout.ts'
import { windowPermutation } from '../spor/permutation.ts'
import type { ReplicaSecrets } from '../spor/replicaSecrets.ts'
import { sealLeaves } from '../spor/sealing.ts'
import type { LeafRange } from '../storage/shardProtocol/ranges.ts'
import { createBlockPool } from './blockPool.ts'

/**
 * A shard, read by whole windows of its replica. Who reads it from end to end takes them so: one run of leaves is
 * sent, hashed and proven far faster than the same leaves one by one. Neighbouring reads share a window, so the last
 * few are kept.
 */
export interface ShardWindows {
  /** The shard's bytes before here lie in windows of nearly nothing else; what follows, among parity and sentinels. */
  readonly endByte: number
  /** Bytes `start` to `end`, at most `endByte`. Throws what reading leaves does. */
  read(start: number, end: number, signal: AbortSignal | undefined): Promise<Uint8Array>
}

/** Verified leaves to read from a replica. */
export interface LeafRequest {
  ranges: readonly LeafRange[]
  /** Told the leaves in order, and at which byte of all these they begin; their memory is used again. */
  take(leaves: Uint8Array, at: number): void
  signal: AbortSignal | undefined
}

export interface ShardWindowsOptions {
  layout: ReplicaLayout
  secrets: Pick<ReplicaSecrets, 'seal' | 'permutation'>
  readLeaves(request: LeafRequest): Promise<void>
}

/** The coded leaves of a window, still sealed. */
interface KeptWindow {
  opening: Promise<Buffer>
  /** Reads that wait for it or copy from it. */
  users: number
  /** Leaves that nobody has read so far: who reads on will want them. */
  unreadLeaves: number
}

/** Two reads under way at once touch three windows together. */
const KEPT_WINDOWS = 3

/** The rest is sentinels and parity, which are paid as well. */
const LEAST_DATA_SHARE = 0.9

export function createShardWindows(options: ShardWindowsOptions): ShardWindows {
  const { layout, secrets } = options
  const kept = new Map<number, KeptWindow>()

  const forget = (index: number, { opening }: KeptWindow): void => {
    kept.delete(index)
    void opening.then(blocks.giveBack, () => {})
  }

  const forgetOldest = (): void => {
    for (const [index, window] of kept) {
      const isNeeded = window.unreadLeaves > 0 && kept.size <= KEPT_WINDOWS
      if (window.users === 0 && !isNeeded) forget(index, window)
    }
  }

  const open = (index: number, signal: AbortSignal | undefined): KeptWindow => {
    const { coded, firstCoded } = replicaWindow(layout, index)
    const unreadLeaves = Math.min(coded, layout.dataLeaves - firstCoded)
    const window = { opening: openWindow(options, index, signal), users: 0, unreadLeaves }
    kept.set(index, window)
    window.opening.catch(() => {
      if (kept.get(index) === window) kept.delete(index)
    })
    return window
  }

  /** Copies leaves of a window, once it is there, into memory that begins with the leaf `first`. */
  const copyFrom = async (
    window: KeptWindow,
    { index, from, to, into, first }: LeafCopy,
  ): Promise<void> => {
    window.users++
    try {
      const sealed = await window.opening
      const { firstCoded } = replicaWindow(layout, index)
      const [start, end] = [from - firstCoded, to - firstCoded]
      sealed.copy(into, (from - first) * LEAF_BYTES, start * LEAF_BYTES, end * LEAF_BYTES)
      window.unreadLeaves -= to - from
    } finally {
      window.users--
      forgetOldest()
    }
  }

  const copyLeaves = async (copy: LeafCopy, signal: AbortSignal | undefined): Promise<void> => {
    const known = kept.get(copy.index)
    if (known === undefined) return await copyFrom(open(copy.index, signal), copy)
    try {
      await copyFrom(known, copy)
    } catch (error) {
      if (signal?.aborted) throw error
      // Whoever asked for it first may have given up.
      await copyFrom(kept.get(copy.index) ?? open(copy.index, signal), copy)
    }
  }

  return {
    endByte: endOfWholeWindows(layout),
    async read(start, end, signal) {
      const first = Math.floor(start / LEAF_BYTES)
      const last = Math.ceil(end / LEAF_BYTES)
      const sealed = blocks.take((last - first) * LEAF_BYTES)
      try {
        const copies = copiesOf(layout, first, last, sealed).map((copy) => copyLeaves(copy, signal))
        // All have to be done before the memory may serve another read.
        const results = await Promise.allSettled(copies)
        const failed = results.find((result) => result.status === 'rejected')
        if (failed !== undefined) throw failed.reason
        const leaves = await sealLeaves(secrets, first, sealed)
        return leaves.subarray(start - first * LEAF_BYTES, end - first * LEAF_BYTES)
      } finally {
        blocks.giveBack(sealed)
      }
    },
  }
}

/** Coded leaves `from` to `to`, all of one window, for memory that begins with the leaf `first`. */
interface LeafCopy {
  index: number
  from: number
  to: number
  into: Buffer
  first: number
}

/** The leaves `first` to `last`, window by window. */
function copiesOf(layout: ReplicaLayout, first: number, last: number, into: Buffer): LeafCopy[] {
  const copies: LeafCopy[] = []
  let index = windowOfCodedLeaf(layout, first)
  for (let from = first; from < last; index++) {
    const { firstCoded, coded } = replicaWindow(layout, index)
    const to = Math.min(last, firstCoded + coded)
    copies.push({ index, from, to, into, first })
    from = to
  }
  return copies
}

/** For all readers of the process: as many as a wide code has under way. */
const blocks = createBlockPool({ blockBytes: MAX_WINDOW_LEAVES * LEAF_BYTES, maxBlocks: 32 })

function endOfWholeWindows(layout: ReplicaLayout): number {
  let endLeaf = 0
  for (let index = 0; index < layout.windowCount; index++) {
    const { firstCoded, coded, leaves } = replicaWindow(layout, index)
    const dataLeaves = Math.min(firstCoded + coded, layout.dataLeaves) - firstCoded
    if (dataLeaves < LEAST_DATA_SHARE * leaves) break
    endLeaf = firstCoded + dataLeaves
  }
  return Math.min(endLeaf * LEAF_BYTES, layout.shardBytes)
}

async function openWindow(
  { layout, secrets, readLeaves }: ShardWindowsOptions,
  index: number,
  signal: AbortSignal | undefined,
): Promise<Buffer> {
  const { firstLeaf, leaves, coded } = replicaWindow(layout, index)
  const places = await windowPermutation(secrets, { index, leaves })
  const slots = new Uint16Array(leaves)
  for (const [slot, place] of places.entries()) slots[place] = slot
  const sealed = blocks.take(coded * LEAF_BYTES)
  const take = (piece: Uint8Array, from: number): void => {
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.length)
    for (let at = 0; at < bytes.length; at += LEAF_BYTES) {
      const slot = slots[(from + at) / LEAF_BYTES]!
      // The others are sentinels.
      if (slot < coded) bytes.copy(sealed, slot * LEAF_BYTES, at, at + LEAF_BYTES)
    }
  }
  await readLeaves({ ranges: [{ first: firstLeaf, count: leaves }], take, signal })
  return sealed
}
