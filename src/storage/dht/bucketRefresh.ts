import { randomBytes } from 'node:crypto'
import type { DHTNode } from './dhtNode.ts'
import type { Lookup } from './lookup.ts'
import { commonPrefixBits, kadId } from './xor.ts'

/** Keeps each k-bucket fresh: every hour a look-up in each one that saw none (YP 2.8). */
export interface BucketRefresh {
  /** Remembers that a look-up for this place was made. */
  touch(target: Uint8Array): void
  /** Whether the bucket in which this place lies saw a look-up within the hour. */
  isFresh(target: Uint8Array): boolean
  /**
   * Looks up our own id, and a random place in each stale bucket further away than that reached; answers how
   * many those were.
   */
  refreshStale(signal?: AbortSignal): Promise<number>
  /** What a new node does: looks up its own id, then refreshes every bucket further away (YP 2.8). */
  join(signal?: AbortSignal): Promise<void>
}

/** A random key in bucket n takes 2^(n+1) hashes to find; deeper ones are as one with this. */
const MAX_BUCKET = 14

export function createBucketRefresh(
  { self, k, intervals, now }: DHTNode,
  findNode: Lookup['findNode'],
): BucketRefresh {
  const touchedAt = new Map<number, number>()
  const bucketOf = (target: Uint8Array): number =>
    Math.min(MAX_BUCKET, commonPrefixBits(self.kadId, target))

  const isBucketFresh = (bucket: number): boolean => {
    const at = touchedAt.get(bucket)
    return at !== undefined && now() - at < intervals.bucketRefresh
  }

  /**
   * Looks up our own id. It finds the k nodes nearest to us, so every bucket beyond that of the furthest of
   * them is fresh; answers how many are not.
   */
  const refreshNear = async (signal: AbortSignal | undefined): Promise<number> => {
    const found = await findNode(self.peerId.toMultihash().bytes, signal)
    const isWholeNetwork = found.length < k
    const furthest = Math.min(MAX_BUCKET, ...found.map((known) => bucketOf(known.kadId)))
    const left = isWholeNetwork ? 0 : furthest + 1
    for (let bucket = left; bucket <= MAX_BUCKET; bucket++) touchedAt.set(bucket, now())
    return left
  }

  const refresh = async (isDue: (bucket: number) => boolean, signal: AbortSignal | undefined) => {
    const left = await refreshNear(signal)
    const due = Array.from({ length: left }, (_, bucket) => bucket).filter(isDue)
    for (const bucket of due) {
      signal?.throwIfAborted()
      await findNode(randomKeyIn(bucket, self.kadId), signal)
      touchedAt.set(bucket, now())
    }
    return due.length
  }

  return {
    touch: (target) => touchedAt.set(bucketOf(target), now()),
    isFresh: (target) => isBucketFresh(bucketOf(target)),
    refreshStale: (signal) => refresh((bucket) => !isBucketFresh(bucket), signal),
    async join(signal) {
      await refresh(() => true, signal)
    },
  }
}

/** A key whose place shares exactly `bucket` bits with ours. */
function randomKeyIn(bucket: number, self: Uint8Array): Uint8Array {
  for (;;) {
    const key = randomBytes(32)
    if (commonPrefixBits(kadId(key), self) === bucket) return key
  }
}
