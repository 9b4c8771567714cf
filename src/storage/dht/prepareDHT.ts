import type { Datastore } from '../../p2p/datastore.ts'
import { type DHTOptions, KAD_K } from '../../p2p/services.ts'
import type { Logger } from '../../util/logger.ts'
import type { PreparedDHT } from './dht.ts'
import { DHTError } from './errors.ts'
import type { DHTIntervals } from './intervals.ts'
import { createRecordRules, type RecordRulesOptions } from './recordRules.ts'
import { type GuardedStore, guardRecords } from './recordStore.ts'
import { startDHT } from './startDHT.ts'

export interface DHTSettings extends Pick<RecordRulesOptions, 'chain' | 'mayPublish'> {
  /** Nodes per bucket and holders per value; 20 as in the paper. */
  k?: number
  intervals?: Partial<DHTIntervals>
  /** Whether duties come round by themselves; they do by default. */
  runsDuties?: boolean
  /** Records held for others at most, of 1 KiB each; 65,536 by default. */
  maxRecords?: number
  /** Milliseconds from the start to the first look-up of our own id; 1 s by default. */
  firstSelfLookupMs?: number
  /** Milliseconds since the Unix epoch. */
  now?: () => number
  logger?: Logger
}

/**
 * The paper's Kademlia on libp2p's: its look-up and buckets, with the rules that it lacks on top. Two steps,
 * because libp2p wants the rules of records before there is a host, and the rest needs the host.
 */
export function prepareDHT(settings: DHTSettings): PreparedDHT {
  const { k = KAD_K, now = Date.now, maxRecords, firstSelfLookupMs } = settings
  const rules = createRecordRules({ ...settings, now })
  let guarded: GuardedStore | undefined
  const guardDatastore = (inner: Datastore): Datastore => {
    guarded = guardRecords(inner, { rules, now, ...(maxRecords && { maxRecords }) })
    return guarded.datastore
  }
  const hostOptions: DHTOptions = {
    rules,
    guardDatastore,
    k,
    ...(firstSelfLookupMs && { firstSelfLookupMs }),
  }
  return {
    hostOptions,
    async start(host) {
      if (guarded !== undefined) return startDHT({ ...settings, host, rules, ...guarded })
      throw new DHTError('UNKNOWN_LIBRARY', {
        message: 'The host was made without the options of this DHT',
        hint: 'Make it with createHost({ dht: prepared.hostOptions }).',
      })
    },
  }
}
