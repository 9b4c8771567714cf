import { StorageError } from '../errors.ts'
import { MAX_LEAVES_PER_FRAME, MAX_LEAVES_PER_READ, MAX_RANGES } from './limits.ts'

/** Leaves that follow each other. */
export interface LeafRange {
  first: number
  count: number
}

/**
 * Refuses ranges that are not in order, overlap, lie outside the replica or are too many: throws `StorageError`
 * `BAD_RANGE`.
 */
export function expectRanges(ranges: readonly LeafRange[], leafCount: number): void {
  let end = 0
  let total = 0
  const isGood = ranges.every(({ first, count }) => {
    const isNext = Number.isSafeInteger(first) && first >= end && count > 0
    end = first + count
    total += count
    return isNext && end <= leafCount
  })
  if (isGood && total > 0 && total <= MAX_LEAVES_PER_READ && ranges.length <= MAX_RANGES) return
  throw new StorageError('BAD_RANGE', {
    message: `A read asks for 1 to ${MAX_LEAVES_PER_READ} of ${leafCount} leaves in at most ${MAX_RANGES} ascending ranges; got ${ranges.length} ranges of ${total} leaves up to leaf ${end}`,
    hint: 'Ask for less at once, in order.',
    facts: { leafCount, ranges: ranges.length, leaves: total },
  })
}

/** The leaf indices of each frame that answers a read: both sides count alike, so frames need not say. */
export function* batchesOf(ranges: readonly LeafRange[]): Generator<number[]> {
  let batch: number[] = []
  for (const { first, count } of ranges) {
    for (let index = first; index < first + count; index++) {
      batch.push(index)
      if (batch.length < MAX_LEAVES_PER_FRAME) continue
      yield batch
      batch = []
    }
  }
  if (batch.length > 0) yield batch
}

/** Ascending indices as ranges. */
export function rangesOf(indices: Iterable<number>): LeafRange[] {
  const ranges: LeafRange[] = []
  for (const index of indices) {
    const last = ranges.at(-1)
    if (last !== undefined && last.first + last.count === index) last.count++
    else ranges.push({ first: index, count: 1 })
  }
  return ranges
}
