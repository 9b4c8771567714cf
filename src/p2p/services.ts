import { identify, identifyPush } from '@libp2p/identify'
import { type KadDHT, kadDHT } from '@libp2p/kad-dht'
import { ping } from '@libp2p/ping'
import type { Libp2pOptions } from 'libp2p'
import type { Datastore } from './datastore.ts'
import type { HostServices } from './host.ts'
import { limitInbound } from './limitInbound.ts'
import type { NetworkProfile } from './networkProfile.ts'

export const KAD_PROTOCOL = '/genaro/kad/1.0.0'

/** Nodes in a k-bucket, and nodes a value is stored at (YP 2.2). */
export const KAD_K = 20

/** Queries a look-up keeps in flight (YP 2.6). */
export const KAD_ALPHA = 3

/** The first part of every record's key, `/genaro/…`, by which libp2p finds the rules below. */
export const RECORD_NAMESPACE = 'genaro'

/** What may be stored in the DHT. Without rules nothing may. */
export interface RecordRules {
  /** Throws for a value that may not stand under the key. */
  validate(key: Uint8Array, value: Uint8Array): void | Promise<void>
  /** The index of the best of several valid values. */
  select(key: Uint8Array, values: readonly Uint8Array[]): number
}

export interface DHTOptions {
  rules?: RecordRules
  /** Stands between libp2p and what it stores. */
  guardDatastore?: (inner: Datastore) => Datastore
  /** Nodes in a bucket and holders of a value; other than `KAD_K` only where a test is small. */
  k?: number
  /** Milliseconds after the start until the first look-up of our own id; 1 s by default. */
  firstSelfLookupMs?: number
}

/** Kademlia requests one peer may make: a look-up takes a handful, a republishing node one per value. */
const KAD_RATE = { perSecond: 100, burst: 400 }
/** Milliseconds; libp2p's own 5 s to 60 s would keep a node out of the table for one lost ping. */
const PING_TIMEOUT = { minTimeout: 2_000, maxTimeout: 5_000 }
const MAX_KAD_STREAMS = 32

const REFUSE_ALL: RecordRules = {
  validate() {
    throw new Error('this host stores no records')
  },
  select: () => 0,
}

export function hostServices(
  { peerInfoMapper, clientMode }: NetworkProfile,
  { rules = REFUSE_ALL, k = KAD_K, firstSelfLookupMs }: DHTOptions,
): NonNullable<Libp2pOptions<HostServices>['services']> {
  const createDHT = kadDHT({
    protocol: KAD_PROTOCOL,
    kBucketSize: k,
    alpha: KAD_ALPHA,
    // One path is the paper's look-up; libp2p applies alpha to each of several.
    disjointPaths: 1,
    peerInfoMapper,
    pingNewContactTimeout: PING_TIMEOUT,
    pingOldContactTimeout: PING_TIMEOUT,
    maxInboundStreams: MAX_KAD_STREAMS,
    validators: { [RECORD_NAMESPACE]: (key, value) => rules.validate(key, value) },
    selectors: { [RECORD_NAMESPACE]: (key, values) => rules.select(key, values) },
    ...(clientMode === undefined ? {} : { clientMode }),
    ...(firstSelfLookupMs === undefined ? {} : { initialQuerySelfInterval: firstSelfLookupMs }),
  })
  return {
    identify: identify({ protocolPrefix: 'genaro' }),
    identifyPush: identifyPush({ protocolPrefix: 'genaro' }),
    ping: ping({ protocolPrefix: 'genaro' }),
    dht: (components) => createDHT(limitInbound(components, KAD_PROTOCOL, KAD_RATE)) as KadDHT,
  }
}
