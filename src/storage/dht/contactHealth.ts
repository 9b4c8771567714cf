import type { DHTNode } from './dhtNode.ts'

/** When each contact was last heard from. Dead ones leave the table (YP 2.2, 2.4). */
export interface ContactHealth {
  seen(peerId: string): void
  /** After two failures in a row an unconnected contact is dropped. */
  failed(peerId: string): void
  /** Pings every contact not heard from for `silentMs` and drops those that do not answer. */
  evictSilent(silentMs: number, signal?: AbortSignal): Promise<number>
}

const MAX_FAILURES = 2
const PING_TIMEOUT_MS = 3_000
const PINGS_AT_ONCE = 8

export function createContactHealth({ host, table, now }: DHTNode): ContactHealth {
  const lastSeen = new Map<string, number>()
  const failures = new Map<string, number>()

  const seen = (peerId: string): void => {
    lastSeen.set(peerId, now())
    failures.delete(peerId)
  }

  const drop = async (peerId: string): Promise<void> => {
    const contact = table.contacts().find((known) => known.peerId.toString() === peerId)
    lastSeen.delete(peerId)
    failures.delete(peerId)
    if (contact !== undefined) await table.remove(contact.peerId)
  }

  /** Connections are watched by libp2p, which pings them every ten seconds. */
  const isConnected = (peerId: string): boolean => host.connectedPeers().includes(peerId)

  const isAlive = async (peerId: string, signal: AbortSignal | undefined): Promise<boolean> => {
    const contact = table.contacts().find((known) => known.peerId.toString() === peerId)
    if (contact === undefined) return true
    const timeout = AbortSignal.timeout(PING_TIMEOUT_MS)
    try {
      await host.libp2p.services.ping.ping(contact.peerId, {
        signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
      })
      return true
    } catch {
      // Given up is not dead.
      return signal?.aborted ?? false
    }
  }

  const forgetOthers = (): void => {
    const known = new Set(table.contacts().map(({ peerId }) => peerId.toString()))
    for (const map of [lastSeen, failures]) {
      for (const peerId of map.keys()) if (!known.has(peerId)) map.delete(peerId)
    }
  }

  return {
    seen,
    failed(peerId) {
      const count = (failures.get(peerId) ?? 0) + 1
      failures.set(peerId, count)
      if (count >= MAX_FAILURES && !isConnected(peerId)) void drop(peerId)
    },
    async evictSilent(silentMs, signal) {
      forgetOthers()
      const silent = table
        .contacts()
        .map(({ peerId }) => peerId.toString())
        .filter((peerId) => !isConnected(peerId))
        .filter((peerId) => now() - (lastSeen.get(peerId) ?? 0) >= silentMs)
      let evicted = 0
      const work = async (): Promise<void> => {
        for (let peerId = silent.pop(); peerId !== undefined; peerId = silent.pop()) {
          if (await isAlive(peerId, signal)) seen(peerId)
          else {
            await drop(peerId)
            evicted++
          }
        }
      }
      await Promise.all(Array.from({ length: PINGS_AT_ONCE }, work))
      return evicted
    },
  }
}
