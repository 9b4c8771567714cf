import { StateError } from './stateError.ts'

/** One map entry as it was before a write. */
interface Undo {
  map: Map<string, unknown>
  key: string
  had: boolean
  before: unknown
}

/**
 * Writes to maps that can be taken back: `revert` restores exactly what every map held at the matching
 * `checkpoint`, at any depth. Values are replaced, never changed in place.
 */
export interface Journal {
  set<Value>(map: Map<string, Value>, key: string, value: Value): void
  checkpoint(): void
  /** Leaves the writes since the last checkpoint to the one around it. */
  commit(): void
  revert(): void
  /** How many checkpoints are open. */
  readonly depth: number
}

export function createJournal(): Journal {
  const undos: Undo[] = []
  const marks: number[] = []

  const closeCheckpoint = (): number => {
    const mark = marks.pop()
    if (mark !== undefined) return mark
    throw new StateError('NO_CHECKPOINT', { message: 'There is no open checkpoint to close' })
  }

  return {
    set(map, key, value) {
      if (marks.length > 0) undos.push({ map, key, had: map.has(key), before: map.get(key) })
      map.set(key, value)
    },
    checkpoint() {
      marks.push(undos.length)
    },
    commit() {
      closeCheckpoint()
      if (marks.length === 0) undos.length = 0
    },
    revert() {
      const mark = closeCheckpoint()
      while (undos.length > mark) undo(undos.pop()!)
    },
    get depth() {
      return marks.length
    },
  }
}

function undo({ map, key, had, before }: Undo): void {
  if (had) map.set(key, before)
  else map.delete(key)
}
