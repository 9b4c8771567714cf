import type { PeerId } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { P2PError } from './errors.ts'
import type { PeerTarget } from './host.ts'

/** A multiaddr from its text. Throws `P2PError` `BAD_ADDRESS`. */
export function parseAddress(text: string): Multiaddr {
  try {
    return multiaddr(text)
  } catch (cause) {
    throw badAddress(`${JSON.stringify(text)} is no multiaddr`, cause)
  }
}

/** A peer id from its text. Throws `P2PError` `BAD_ADDRESS`. */
export function parsePeerId(text: string): PeerId {
  try {
    return peerIdFromString(text)
  } catch (cause) {
    throw badAddress(`${JSON.stringify(text)} is no peer id`, cause)
  }
}

/** What libp2p dials: the peer id, or its addresses with the peer id that must answer there. */
export function dialTarget(peer: PeerTarget): PeerId | Multiaddr[] {
  if (typeof peer === 'string') return parsePeerId(peer)
  const peerId = parsePeerId(peer.peerId)
  if (peer.addresses.length === 0) return peerId
  return peer.addresses.map((text) =>
    parseAddress(text).decapsulateCode(P2P_CODE).encapsulate(`/p2p/${peerId.toString()}`),
  )
}

export const targetId = (peer: PeerTarget): string =>
  typeof peer === 'string' ? peer : peer.peerId

const P2P_CODE = 421

const badAddress = (message: string, cause: unknown): P2PError =>
  new P2PError('BAD_ADDRESS', {
    message,
    hint: 'Peers look like 16Uiu2HAm…, addresses like /ip4/192.0.2.1/tcp/7000/p2p/16Uiu2HAm….',
    cause,
  })
