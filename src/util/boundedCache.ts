/** A cache that forgets what was used longest ago once its entries weigh too much together. */
export interface BoundedCache<Value> {
  get(key: string): Value | undefined
  set(key: string, value: Value): void
  delete(key: string): void
}

export interface BoundedCacheOptions<Value> {
  maxWeight: number
  /** What an entry counts for; 1 by default, so that `maxWeight` is a number of entries. */
  weigh?: (value: Value) => number
}

export function createBoundedCache<Value>({
  maxWeight,
  weigh = () => 1,
}: BoundedCacheOptions<Value>): BoundedCache<Value> {
  // A Map iterates in insertion order, so the first key is the one used longest ago.
  const entries = new Map<string, { value: Value; weight: number }>()
  let total = 0

  const remove = (key: string): void => {
    const entry = entries.get(key)
    if (entry === undefined) return
    entries.delete(key)
    total -= entry.weight
  }

  return {
    get(key) {
      const entry = entries.get(key)
      if (entry === undefined) return undefined
      entries.delete(key)
      entries.set(key, entry)
      return entry.value
    },
    set(key, value) {
      remove(key)
      const weight = weigh(value)
      entries.set(key, { value, weight })
      total += weight
      for (const oldest of entries.keys()) {
        if (total <= maxWeight || oldest === key) break
        remove(oldest)
      }
    },
    delete: remove,
  }
}
