import type { PeerId } from '@libp2p/interface'
import type { DHTNode } from './dhtNode.ts'
import type { Contact } from './kadInternals.ts'
import { FULL_COPY_LIFE_MS } from './pathCache.ts'
import type { Storing } from './storing.ts'
import { isCloser, kadId, nearest } from './xor.ts'

/** What happens when nodes meet: the new one joins, and is given the values it is now near to (YP 2.8). */
export interface HandOver {
  /** Notes a contact that is new in the routing table. */
  welcome(contact: PeerId): void
  /**
   * Stores at the new contacts the values they are near to, where this node is the nearest of all the others,
   * so that one node does it and not all holders. To its very first contacts it gives nothing: it joins. Answers
   * how many values found a new holder.
   */
  handOver(signal?: AbortSignal): Promise<number>
}

export function createHandOver(
  { self, table, records, k, now }: DHTNode,
  storeAt: Storing['storeAt'],
  join: (signal?: AbortSignal) => Promise<void>,
): HandOver {
  const newcomers = new Set<string>()
  let hasJoined = false

  const isNearestOf = (target: Uint8Array, others: readonly Contact[]): boolean =>
    !others.some((other) => isCloser(target, other.kadId, self.kadId))

  const handTo = async (ids: ReadonlySet<string>, signal: AbortSignal | undefined) => {
    const isNew = ({ peerId }: Contact): boolean => ids.has(peerId.toString())
    const contacts = table.contacts()
    const others = contacts.filter((contact) => !isNew(contact))
    let handed = 0
    for await (const record of records.entries()) {
      signal?.throwIfAborted()
      const target = kadId(record.key)
      const isCached = now() - record.storedAt >= FULL_COPY_LIFE_MS
      if (isCached || !isNearestOf(target, others)) continue
      const heirs = nearest(target, [self, ...contacts], k).filter(isNew)
      const { key, value } = record
      if ((await storeAt(heirs, { key, value }, { signal })) > 0) handed++
    }
    return handed
  }

  return {
    welcome: (contact) => newcomers.add(contact.toString()),
    async handOver(signal) {
      if (newcomers.size === 0) return 0
      const batch = new Set(newcomers)
      newcomers.clear()
      if (!hasJoined) {
        hasJoined = true
        await join(signal)
        return 0
      }
      return handTo(batch, signal)
    },
  }
}
