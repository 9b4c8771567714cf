import type { Host } from '../../p2p/host.ts'
import { KAD_K, type RecordRules } from '../../p2p/services.ts'
import type { DHT } from './dht.ts'
import { openRoutingTable } from './kadInternals.ts'
import { createLookup } from './lookup.ts'

/** Reads records without holding any: the half of the DHT that a client needs. */
export type RecordReader = Pick<DHT, 'get'>

/** The host must have been made with the same rules: libp2p checks by them what it is given. */
export function createRecordReader(host: Host, rules: RecordRules): RecordReader {
  const table = openRoutingTable(host.libp2p.services.dht)
  const lookup = createLookup(
    { host, k: KAD_K },
    { health: { seen: () => {}, failed: () => {} }, onLookup: () => {} },
  )
  return {
    async get(key, { newest = false, signal } = {}) {
      if (table.contacts().length === 0) return undefined
      const { values } = await lookup.findValue(key, { all: newest, signal })
      const found = values.map(({ value }) => value)
      return found.length === 0 ? undefined : found[rules.select(key, found)]
    },
  }
}
