import type { Host } from '../../p2p/host.ts'
import type { RecordRules } from '../../p2p/services.ts'
import type { DHTIntervals } from './intervals.ts'
import type { Contact, RoutingTable } from './kadInternals.ts'
import type { RecordStore } from './recordStore.ts'

/** What every part of the DHT on one host works with. */
export interface DHTNode {
  host: Host
  self: Contact
  table: RoutingTable
  records: RecordStore
  rules: RecordRules
  k: number
  intervals: DHTIntervals
  /** Milliseconds since the Unix epoch. */
  now: () => number
}
