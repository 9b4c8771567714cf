import { equalsBytes } from '@ethereumjs/util'
import type { DHT } from './dht.ts'
import type { DHTNode } from './dhtNode.ts'
import { DHTError } from './errors.ts'
import type { FoundValues, Lookup } from './lookup.ts'
import type { Storing } from './storing.ts'

/** Storing and finding values (YP 2.6), and leaving a copy on the path (YP 2.7). */
export function createDHTStore(
  { table, records, rules }: DHTNode,
  lookup: Lookup,
  storing: Storing,
): Pick<DHT, 'put' | 'get'> {
  const isAlone = (): boolean => table.contacts().length === 0

  const best = (key: Uint8Array, values: readonly Uint8Array[]): Uint8Array | undefined =>
    values.length === 0 ? undefined : values[rules.select(key, values)]

  const leaveCopies = async (key: Uint8Array, value: Uint8Array, found: FoundValues) => {
    const [nearestWithout] = found.without
    const outdated = found.values
      .filter((other) => best(key, [other.value, value]) !== other.value)
      .map(({ from }) => from)
    if (nearestWithout !== undefined) {
      await storing.storeAt([nearestWithout], { key, value }, { isCached: true })
    }
    await storing.storeAt(outdated, { key, value })
  }

  return {
    async put(record, signal) {
      const newer = await storing.keep(record, isAlone() ? 'unplaced' : 'full')
      if (newer !== undefined) throw stale()
      if (isAlone()) return 0
      const targets = await lookup.findNode(record.key, signal)
      const stored = await storing.storeAt(targets, record, { signal })
      const kept = (await records.get(record.key))?.value
      if (kept !== undefined && !equalsBytes(kept, record.value)) throw stale()
      if (stored === 0) throw notStored(targets)
      return stored
    },

    async get(key, { newest = false, signal } = {}) {
      const own = (await records.get(key))?.value
      if (isAlone() || (own !== undefined && !newest)) return own
      const found = await lookup.findValue(key, { all: newest, signal })
      const values = found.values.map(({ value }) => value)
      const value = best(key, own === undefined ? values : [own, ...values])
      // The reader does not wait for the copies, and a holder that refuses one is no error of the reader's.
      if (value !== undefined) void leaveCopies(key, value, found).catch(() => {})
      return value
    },
  }
}

const stale = (): DHTError =>
  new DHTError('RECORD_STALE', {
    message: 'The network holds a newer record under this key',
    hint: 'Read it with get(key, { newest: true }) and publish with a higher sequence.',
  })

const notStored = (targets: readonly unknown[]): DHTError =>
  new DHTError('NOT_STORED', {
    message: `None of ${targets.length} nodes near the key took the record`,
    hint: 'It is kept here and will be handed on; check the connection and try again.',
    facts: { asked: targets.length },
  })
