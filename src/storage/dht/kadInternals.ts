import type { PeerId } from '@libp2p/interface'
import { type KadDHT, Record as KadRecord } from '@libp2p/kad-dht'
import { Key } from 'interface-datastore'
import { plainBytes } from '../../p2p/plainBytes.ts'
import { DHTError } from './errors.ts'

/** A node in the routing table. */
export interface Contact {
  peerId: PeerId
  kadId: Uint8Array
}

/** The routing table of `@libp2p/kad-dht`, as far as the paper's rules need it. */
export interface RoutingTable {
  contacts(): Contact[]
  /** The table's leaves: lists of at most k contacts. */
  buckets(): Contact[][]
  remove(peerId: PeerId): Promise<void>
  /** Has the library ping a node and take it in when it answers. */
  offer(peerId: PeerId): void
  /** Calls the listener for each contact taken in; returns what stops that. */
  onAdded(listener: (peerId: PeerId) => void): () => void
}

/** Milliseconds after which the library no longer answers with a record; a constant inside it. */
export const LIBRARY_RECORD_LIFE_MS = 48 * 3_600_000

/** Where the library keeps its records in the datastore. */
export const RECORD_PREFIX = '/dht/record/'

/** What is not part of the library's published interface. Its version is pinned and a test holds the shape. */
interface Internals {
  routingTable: {
    kb: { root: Bucket; toIterable(): Iterable<Contact> }
    remove(peerId: PeerId): Promise<void>
    queueRoutingTableUpdate(peerId: PeerId, options: { activeTimeout: number }): void
    addEventListener(type: string, listener: (event: CustomEvent<PeerId>) => void): void
    removeEventListener(type: string, listener: (event: CustomEvent<PeerId>) => void): void
  }
}

type Bucket = { peers: Contact[] } | { left: Bucket; right: Bucket }

const OFFER_TIMEOUT_MS = 5_000

/** Throws `DHTError` `UNKNOWN_LIBRARY` when the library does not look as it did when this was written. */
export function openRoutingTable(dht: KadDHT): RoutingTable {
  const table = (dht as unknown as Partial<Internals>).routingTable
  if (!isKnown(table)) {
    throw new DHTError('UNKNOWN_LIBRARY', {
      message: '@libp2p/kad-dht keeps its routing table in a form that is not known',
      hint: 'Install the version in package.json, or adapt kadInternals.ts to the new one.',
    })
  }
  return {
    contacts: () => [...table.kb.toIterable()],
    buckets: () => leavesOf(table.kb.root),
    remove: (peerId) => table.remove(peerId),
    offer: (peerId) => table.queueRoutingTableUpdate(peerId, { activeTimeout: OFFER_TIMEOUT_MS }),
    onAdded(listener) {
      const onEvent = ({ detail }: CustomEvent<PeerId>): void => listener(detail)
      table.addEventListener('peer:add', onEvent)
      return () => table.removeEventListener('peer:add', onEvent)
    },
  }
}

function isKnown(table: Internals['routingTable'] | undefined): table is Internals['routingTable'] {
  if (table?.kb?.root === undefined) return false
  const { kb, remove, queueRoutingTableUpdate, addEventListener } = table
  const parts: unknown[] = [kb.toIterable, remove, queueRoutingTableUpdate, addEventListener]
  return parts.every((part) => typeof part === 'function')
}

const leavesOf = (bucket: Bucket): Contact[][] =>
  'peers' in bucket ? [bucket.peers] : [...leavesOf(bucket.left), ...leavesOf(bucket.right)]

/** A record as the library stores it. `storedAt` is in milliseconds since the Unix epoch. */
export interface StoredRecord {
  key: Uint8Array
  value: Uint8Array
  storedAt: number
}

export function decodeStored(bytes: Uint8Array): StoredRecord {
  const { key, value, timeReceived } = KadRecord.deserialize(bytes)
  return { key: plainBytes(key), value: plainBytes(value), storedAt: timeReceived.getTime() }
}

export const encodeStored = ({ key, value, storedAt }: StoredRecord): Uint8Array =>
  new KadRecord(key, value, new Date(storedAt)).serialize()

/** The datastore key of a record. */
export const storedKey = (key: Uint8Array): Key => new Key(RECORD_PREFIX + base32(key), false)

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'

/** RFC 4648, small letters, no padding. */
function base32(bytes: Uint8Array): string {
  let text = ''
  let bits = 0
  let value = 0
  for (const byte of bytes) {
    value = (value << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += ALPHABET[(value >> bits) & 31]
    }
    value &= (1 << bits) - 1
  }
  return bits === 0 ? text : text + ALPHABET[(value << (5 - bits)) & 31]
}
