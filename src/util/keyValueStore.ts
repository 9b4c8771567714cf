/** One change of a batch: `value` undefined deletes the key. */
export interface StoreChange {
  key: Uint8Array
  value: Uint8Array | undefined
}

/**
 * An ordered map of byte strings with atomic, durable batches. Everything that outlives a process
 * goes through one of these; who opens it decides where the bytes are.
 */
export interface KeyValueStore {
  /** The value of a key, at once: block execution reads the state through this. */
  get(key: Uint8Array): Uint8Array | undefined
  /** Applies all changes or none; once it resolves they survive a crash (where the store is durable). */
  write(changes: readonly StoreChange[]): Promise<void>
  /** The entries whose keys begin with `prefix`, in key order. */
  entries(prefix: Uint8Array): AsyncIterable<[key: Uint8Array, value: Uint8Array]>
  close(): Promise<void>
}

const mapKey = (key: Uint8Array): string =>
  Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1')

/** A store that lives and dies with the process. */
export function createMemoryStore(): KeyValueStore {
  const map = new Map<string, Uint8Array>()
  return {
    get: (key) => map.get(mapKey(key)),
    async write(changes) {
      for (const { key, value } of changes) {
        if (value === undefined) map.delete(mapKey(key))
        else map.set(mapKey(key), value)
      }
    },
    async *entries(prefix) {
      const start = mapKey(prefix)
      const keys = [...map.keys()].filter((key) => key.startsWith(start)).sort()
      for (const key of keys) {
        const value = map.get(key)
        if (value !== undefined) yield [new Uint8Array(Buffer.from(key, 'latin1')), value]
      }
    },
    async close() {},
  }
}
