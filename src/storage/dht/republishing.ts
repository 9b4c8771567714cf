import type { DHTNode } from './dhtNode.ts'
import type { Contact, StoredRecord } from './kadInternals.ts'
import { FULL_COPY_LIFE_MS } from './pathCache.ts'
import type { Storing } from './storing.ts'
import { isCloser, kadId, nearest } from './xor.ts'

/** Keeps values at the k nodes nearest to their keys while nodes leave and come (YP 2.9). */
export interface Republishing {
  /**
   * Stores anew every value that nobody stored here within the hour: whoever did has stored it at the others
   * too (the paper's first optimisation). Answers how many values that were.
   */
  republish(signal?: AbortSignal): Promise<number>
}

export interface RepublishingOptions {
  storeAt: Storing['storeAt']
  findNode: (key: Uint8Array, signal?: AbortSignal) => Promise<Contact[]>
  /** Whether the routing table is fresh around a place. */
  isFresh: (target: Uint8Array) => boolean
}

export function createRepublishing(
  { self, table, records, k, intervals, now }: DHTNode,
  { storeAt, findNode, isFresh }: RepublishingOptions,
): Republishing {
  const isAmongNearest = (target: Uint8Array, others: readonly Contact[]): boolean =>
    others.filter((other) => isCloser(target, other.kadId, self.kadId)).length < k

  /**
   * Needs no look-up when the buckets around the key were refreshed and we are one of its neighbours (the
   * second optimisation): then the table holds the others.
   */
  const neighbours = (key: Uint8Array, signal: AbortSignal | undefined): Promise<Contact[]> => {
    const target = kadId(key)
    const known = table.contacts()
    const knowsThem = isFresh(target) && isAmongNearest(target, known)
    return knowsThem ? Promise.resolve(nearest(target, known, k)) : findNode(key, signal)
  }

  const republishOne = async (record: StoredRecord, signal?: AbortSignal): Promise<void> => {
    const { key, value } = record
    const targets = await neighbours(key, signal)
    const isOurs = isAmongNearest(kadId(key), targets)
    await storeAt(isOurs ? targets.slice(0, k - 1) : targets, { key, value }, { signal })
    if (!isOurs) return
    const current = await records.get(key)
    if (current !== undefined) await records.put({ ...current, storedAt: now() })
  }

  return {
    async republish(signal) {
      let republished = 0
      if (table.contacts().length === 0) return republished
      for await (const record of records.entries()) {
        signal?.throwIfAborted()
        const restedMs = now() - record.storedAt
        if (restedMs < intervals.republish || restedMs >= FULL_COPY_LIFE_MS) continue
        await republishOne(record, signal)
        republished++
      }
      return republished
    },
  }
}
