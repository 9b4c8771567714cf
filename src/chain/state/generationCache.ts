/** Keeps at most `maxEntries` values, dropping those unused longest, roughly. */
export interface GenerationCache<Value> {
  get(key: string): Value | undefined
  set(key: string, value: Value): void
  /** How many values are held now. */
  readonly size: number
}

/**
 * A cache of two generations: what is used moves to the young one, and when that is half of everything
 * allowed, the old one is dropped whole and the young becomes the old. A hit costs one look-up, where a
 * list in order of use would cost a deletion and an insertion, for each node on every way down a trie.
 */
export function createGenerationCache<Value>(maxEntries: number): GenerationCache<Value> {
  const half = Math.max(1, Math.floor(maxEntries / 2))
  let young = new Map<string, Value>()
  let old = new Map<string, Value>()

  const set = (key: string, value: Value): void => {
    if (young.size >= half && !young.has(key)) {
      old = young
      young = new Map()
    }
    young.set(key, value)
  }

  return {
    get(key) {
      const value = young.get(key)
      if (value !== undefined) return value
      const older = old.get(key)
      if (older !== undefined) set(key, older)
      return older
    },
    set,
    get size() {
      return young.size + old.size
    },
  }
}
