import type { Host } from '../../p2p/host.ts'
import type { DHTOptions } from '../../p2p/services.ts'
import type { DHTRecord } from './record.ts'

/** The Kademlia network as storage and validators use it (YP 2.2 to 2.9). */
export interface DHT {
  /**
   * Stores a record at the k nodes nearest to its key; answers how many of them hold it now. While this node
   * knows no other it keeps the record and hands it on to whom it meets: 0. Throws `DHTError`: `BAD_RECORD`,
   * `RECORD_EXPIRED`, `RECORD_STALE` when the network holds a newer one, `NOT_STORED` when none answered.
   */
  put(record: DHTRecord, signal?: AbortSignal): Promise<number>
  /**
   * The value under a key, or undefined. The first valid one that is found, as the paper has it; with `newest`
   * the newest of all that the key's neighbours hold, for records that change.
   */
  get(key: Uint8Array, options?: GetOptions): Promise<Uint8Array | undefined>
  /** Peer ids of the k nodes nearest to a key that answered, nearest first. */
  findNode(key: Uint8Array, signal?: AbortSignal): Promise<string[]>
  /** Peer ids in the routing table. */
  contacts(): string[]
  /** Looks up our own id and fills the buckets; done by itself when the first contact is made. */
  join(signal?: AbortSignal): Promise<void>
  readonly duties: DHTDuties
  /** Ends the duties and waits for those under way. The host goes on. */
  stop(): Promise<void>
}

export interface GetOptions {
  newest?: boolean
  signal?: AbortSignal
}

/** What a node does from time to time; each can be asked for at once. Answers count what was done. */
export interface DHTDuties {
  /** Pings contacts not heard from for so long (an hour by default) and drops the dead. */
  evictSilent(silentMs?: number, signal?: AbortSignal): Promise<number>
  /** Looks up a place in each bucket that had no look-up within the hour. */
  refreshBuckets(signal?: AbortSignal): Promise<number>
  /** Stores anew the values that rested for an hour. */
  republish(signal?: AbortSignal): Promise<number>
  /** Gives new contacts the values they are now near to. */
  handOver(signal?: AbortSignal): Promise<number>
  /** Offers connected nodes to the routing table that are not in it. */
  offer(): Promise<void>
  /** Tries a known node that is not connected, so that partitions grow together again. */
  merge(signal?: AbortSignal): Promise<void>
}

/** A DHT that is ready for a host to be made with `hostOptions` and then to start on it. */
export interface PreparedDHT {
  hostOptions: DHTOptions
  start(host: Host): Promise<DHT>
}
