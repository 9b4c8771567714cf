import type { Host } from '../../p2p/host.ts'
import { KAD_K, type RecordRules } from '../../p2p/services.ts'
import { silentLogger } from '../../util/logger.ts'
import { createBucketRefresh } from './bucketRefresh.ts'
import { createContactHealth } from './contactHealth.ts'
import type { DHT } from './dht.ts'
import type { DHTNode } from './dhtNode.ts'
import { createDHTStore } from './dhtStore.ts'
import { createHandOver } from './handOver.ts'
import { DHT_INTERVALS, type DHTIntervals } from './intervals.ts'
import { openRoutingTable } from './kadInternals.ts'
import { createLookup } from './lookup.ts'
import { mergeOnce, offerConnected } from './merging.ts'
import type { DHTSettings } from './prepareDHT.ts'
import type { RecordStore } from './recordStore.ts'
import { createRepublishing } from './republishing.ts'
import { createStoring, serveStore } from './storing.ts'
import { type Duty, startUpkeep } from './upkeep.ts'
import { kadId } from './xor.ts'

export interface StartDHTOptions extends Omit<DHTSettings, 'chain'> {
  host: Host
  rules: RecordRules
  records: RecordStore
}

/** Puts the parts together on a host that was made for them. */
export async function startDHT({
  host,
  rules,
  records,
  k = KAD_K,
  now = Date.now,
  logger = silentLogger,
  intervals: given = {},
  runsDuties = true,
}: StartDHTOptions): Promise<DHT> {
  const intervals = { ...DHT_INTERVALS, ...given }
  const { peerId } = host.libp2p
  const node: DHTNode = {
    host,
    self: { peerId, kadId: kadId(peerId.toMultihash().bytes) },
    table: openRoutingTable(host.libp2p.services.dht),
    records,
    rules,
    k,
    intervals,
    now,
  }
  const { table } = node
  const health = createContactHealth(node)
  const lookup = createLookup(node, { health, onLookup: (target) => buckets.touch(target) })
  const buckets = createBucketRefresh(node, lookup.findNode)
  const storing = createStoring(node, health)
  const republishing = createRepublishing(node, {
    storeAt: storing.storeAt,
    findNode: lookup.findNode,
    isFresh: buckets.isFresh,
  })
  const handOver = createHandOver(node, storing.storeAt, async (signal) => {
    await buckets.join(signal)
    await republishing.republish(signal)
  })
  const stopListening = table.onAdded((contact) => {
    health.seen(contact.toString())
    handOver.welcome(contact)
  })
  await serveStore(host, storing.keep)

  const duties: DHT['duties'] = {
    evictSilent: (silentMs = intervals.contactLife, signal) => health.evictSilent(silentMs, signal),
    refreshBuckets: buckets.refreshStale,
    republish: republishing.republish,
    handOver: handOver.handOver,
    offer: () => offerConnected(node),
    merge: (signal) => mergeOnce(node, signal),
  }
  const upkeep = startUpkeep(runsDuties ? rhythm(duties, intervals) : [], logger)

  return {
    ...createDHTStore(node, lookup, storing),
    findNode: async (key, signal) =>
      (await lookup.findNode(key, signal)).map((contact) => contact.peerId.toString()),
    contacts: () => table.contacts().map((contact) => contact.peerId.toString()),
    join: buckets.join,
    duties,
    async stop() {
      stopListening()
      await upkeep.stop()
    },
  }
}

const rhythm = (duties: DHT['duties'], intervals: DHTIntervals): Duty[] => [
  {
    // Four times in a contact's life, each time those silent for three quarters, so that none outlives it.
    name: 'evict silent contacts',
    everyMs: intervals.contactLife / 4,
    run: (signal) => duties.evictSilent((intervals.contactLife * 3) / 4, signal),
  },
  { name: 'refresh buckets', everyMs: intervals.bucketRefresh, run: duties.refreshBuckets },
  { name: 'republish values', everyMs: intervals.republish, run: duties.republish },
  { name: 'hand values over', everyMs: intervals.handOver, run: duties.handOver },
  { name: 'offer connected nodes', everyMs: intervals.offer, run: duties.offer },
  { name: 'merge', everyMs: intervals.merge, run: duties.merge },
]
