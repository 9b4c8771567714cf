import type { QueryEvent } from '@libp2p/kad-dht'
import { plainBytes } from '../../p2p/plainBytes.ts'
import type { ContactHealth } from './contactHealth.ts'
import type { DHTNode } from './dhtNode.ts'
import type { Contact } from './kadInternals.ts'
import { kadId, nearest } from './xor.ts'

/** The iterative look-up (YP 2.6), by libp2p; what it meets on the way keeps the routing table true. */
export interface Lookup {
  /** The k nodes nearest to a key that answered, nearest first. */
  findNode(key: Uint8Array, signal?: AbortSignal): Promise<Contact[]>
  /** Ends at the first valid value, or with `all` once the nearest have been asked. */
  findValue(key: Uint8Array, options?: FindValueOptions): Promise<FoundValues>
}

export interface FindValueOptions {
  all?: boolean
  signal?: AbortSignal | undefined
}

export interface FoundValues {
  values: { value: Uint8Array; from: Contact }[]
  /** Nodes that answered without a value, nearest to the key first. */
  without: Contact[]
}

export interface LookupOptions {
  health: Pick<ContactHealth, 'seen' | 'failed'>
  /** Told the place of each look-up that ran to its end. */
  onLookup: (target: Uint8Array) => void
}

const LOOKUP_TIMEOUT_MS = 20_000

export function createLookup(
  { host, k }: Pick<DHTNode, 'host' | 'k'>,
  { health, onLookup }: LookupOptions,
): Lookup {
  const { dht } = host.libp2p.services

  const within = (signal: AbortSignal | undefined): AbortSignal => {
    const timeout = AbortSignal.timeout(LOOKUP_TIMEOUT_MS)
    return signal === undefined ? timeout : AbortSignal.any([timeout, signal])
  }

  async function* observed(
    events: AsyncIterable<QueryEvent>,
    signal: AbortSignal,
  ): AsyncIterable<QueryEvent> {
    for await (const event of events) {
      if (event.name === 'PEER_RESPONSE') health.seen(event.from.toString())
      if (event.name === 'QUERY_ERROR' && !signal.aborted) health.failed(event.from.toString())
      yield event
    }
  }

  return {
    async findNode(key, signal) {
      const bounded = within(signal)
      const found: Contact[] = []
      const events = dht.getClosestPeers(key, { signal: bounded })
      for await (const event of observed(events, bounded)) {
        if (event.name !== 'FINAL_PEER' || event.peer.id.equals(host.libp2p.peerId)) continue
        found.push(contactOf(event.peer.id))
      }
      const target = kadId(key)
      onLookup(target)
      return nearest(target, found, k)
    },

    async findValue(key, { all = false, signal } = {}) {
      const bounded = within(signal)
      const values: FoundValues['values'] = []
      const without: Contact[] = []
      try {
        for await (const event of observed(dht.get(key, { signal: bounded }), bounded)) {
          if (event.name !== 'PEER_RESPONSE' || event.messageName !== 'GET_VALUE') continue
          const from = contactOf(event.from)
          if (event.record === undefined) without.push(from)
          else values.push({ value: plainBytes(event.record.value), from })
          if (values.length > 0 && !all) break
        }
      } catch (error) {
        // After the walk libp2p corrects outdated holders, and one that refuses must not cost us the value.
        if (values.length === 0 || signal?.aborted) throw error
      }
      const target = kadId(key)
      if (all || values.length === 0) onLookup(target)
      return { values, without: nearest(target, without, k) }
    },
  }
}

const contactOf = (peerId: Contact['peerId']): Contact => ({
  peerId,
  kadId: kadId(peerId.toMultihash().bytes),
})
