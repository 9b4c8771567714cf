import { KAD_PROTOCOL } from '../../p2p/services.ts'
import type { DHTNode } from './dhtNode.ts'

const DIAL_TIMEOUT_MS = 3_000

/**
 * Tries one known node that is not connected, and offers connected ones to the routing table again. Without it
 * two halves of a partition that have dropped each other never become one again, and a node whose first ping
 * was lost is never asked a second time.
 */
export async function mergeOnce({ host, table }: DHTNode, signal?: AbortSignal): Promise<void> {
  const { libp2p } = host
  const connected = new Set(host.connectedPeers())
  const inTable = new Set(table.contacts().map(({ peerId }) => peerId.toString()))
  const known = await libp2p.peerStore.all()
  const speakers = known.filter(({ protocols }) => protocols.includes(KAD_PROTOCOL))
  for (const { id } of speakers) {
    if (connected.has(id.toString()) && !inTable.has(id.toString())) table.offer(id)
  }
  const idle = speakers.filter(
    ({ id, addresses }) => addresses.length > 0 && !connected.has(id.toString()),
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
