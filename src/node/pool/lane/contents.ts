import type { LaneEntry } from './entry.ts'

/** The waiting answers by hash and by place. */
export interface LaneContents {
  readonly count: number
  readonly sizeBytes: number
  byHash(hashKey: string): LaneEntry | undefined
  atPlace(placeKey: string): LaneEntry | undefined
  /** Whether any entry answers the challenge. */
  answers(challengeId: bigint): boolean
  /** All, the oldest challenge first, since its time ends first. */
  ordered(): LaneEntry[]
  /** Puts an entry in, in place of the one that has its place. */
  put(entry: LaneEntry): void
  remove(entry: LaneEntry): void
  clear(): void
}

export function createLaneContents(): LaneContents {
  const places = new Map<string, LaneEntry>()
  const hashes = new Map<string, LaneEntry>()
  let sizeBytes = 0

  const remove = (entry: LaneEntry): void => {
    if (!hashes.delete(entry.hashKey)) return
    places.delete(entry.placeKey)
    sizeBytes -= entry.sizeBytes
  }

  return {
    get count() {
      return hashes.size
    },
    get sizeBytes() {
      return sizeBytes
    },
    byHash: (hashKey) => hashes.get(hashKey),
    atPlace: (placeKey) => places.get(placeKey),
    answers: (challengeId) =>
      [...places.values()].some((entry) => entry.challengeId === challengeId),
    ordered: () =>
      [...hashes.values()].sort((a, b) =>
        a.challengeId < b.challengeId ? -1 : a.challengeId > b.challengeId ? 1 : 0,
      ),
    put(entry) {
      const replaced = places.get(entry.placeKey)
      if (replaced !== undefined) remove(replaced)
      places.set(entry.placeKey, entry)
      hashes.set(entry.hashKey, entry)
      sizeBytes += entry.sizeBytes
    },
    remove,
    clear() {
      places.clear()
      hashes.clear()
      sizeBytes = 0
    },
  }
}
