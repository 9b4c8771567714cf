import { KAD_PROTOCOL } from '../../p2p/services.ts'
import type { DHTNode } from './dhtNode.ts'

const DIAL_TIMEOUT_MS = 3_000

/**
 * Offers connected nodes to the routing table that are not in it. libp2p pings each once when it connects, and
 * never again when that ping is lost.
 */
export async function offerConnected({ host, table }: DHTNode): Promise<void> {
  const inTable = new Set(table.contacts().map(({ peerId }) => peerId.toString()))
  for (const peerId of host.libp2p.getPeers()) {
    if (inTable.has(peerId.toString())) continue
    const { protocols } = await host.libp2p.peerStore.get(peerId).catch(() => UNKNOWN)
    if (protocols.includes(KAD_PROTOCOL)) table.offer(peerId)
  }
}

const UNKNOWN: { protocols: string[] } = { protocols: [] }

/**
 * Tries one known node that is not connected. Without it two halves of a partition that have dropped each other
 * never become one again.
 */
export async function mergeOnce({ host, table }: DHTNode, signal?: AbortSignal): Promise<void> {
  const { libp2p } = host
  const connected = new Set(host.connectedPeers())
  const idle = (await libp2p.peerStore.all()).filter(
    ({ id, protocols, addresses }) =>
      protocols.includes(KAD_PROTOCOL) && addresses.length > 0 && !connected.has(id.toString()),
  )
  const chosen = idle[Math.floor(Math.random() * idle.length)]
  if (chosen === undefined) return
  const timeout = AbortSignal.timeout(DIAL_TIMEOUT_MS)
  const bounded = signal === undefined ? timeout : AbortSignal.any([timeout, signal])
  try {
    await libp2p.dial(chosen.id, { signal: bounded })
    table.offer(chosen.id)
  } catch {
    // It is still away; another is tried next time.
  }
}
