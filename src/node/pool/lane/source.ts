import type { LaneSource } from '../../../chain/chain.ts'
import type { LaneContents } from './contents.ts'
import type { LaneEntry } from './entry.ts'

/** Draws the waiting answers for one block; one that does not fit in it any more stays for the next. */
export function createLaneSource(
  contents: LaneContents,
  onRejected: (entry: LaneEntry, error: Error) => void,
): LaneSource {
  const waiting = contents.ordered()
  let position = 0
  return {
    next(bytesLeft) {
      while (position < waiting.length) {
        const entry = waiting[position++]!
        if (entry.sizeBytes <= bytesLeft && contents.byHash(entry.hashKey) === entry) {
          return entry.transaction
        }
      }
      return undefined
    },
    defer() {
      // It waits on where it is.
    },
    reject(transaction, error) {
      const entry = waiting.find((one) => one.transaction === transaction)
      if (entry === undefined) return
      contents.remove(entry)
      onRejected(entry, error)
    },
  }
}
