import type { ConnectionGater, MultiaddrConnection, PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import { isPrivateAddress, type NetworkProfile } from './networkProfile.ts'
import type { PeerScores } from './peerScores.ts'

export interface ConnectionGaterOptions {
  selfId: PeerId
  scores: PeerScores
  profile: NetworkProfile
  /** Remote addresses of the connections open now. */
  remoteAddresses: () => readonly Multiaddr[]
}

/** Refuses the banned, in both directions, and hosts that already hold their share of connections. */
export function createConnectionGater({
  selfId,
  scores,
  profile,
  remoteAddresses,
}: ConnectionGaterOptions): ConnectionGater {
  const isBanned = (peerId: PeerId): boolean => scores.isBanned(peerId.toString())

  const holdsItsShare = ({ remoteAddr }: MultiaddrConnection): boolean => {
    const host = hostOf(remoteAddr)
    if (host === undefined) return false
    const held = remoteAddresses().filter((address) => hostOf(address) === host).length
    return held >= profile.maxConnectionsPerHost
  }

  return {
    denyDialPeer: isBanned,
    denyDialMultiaddr: (address) =>
      profile.refusesPrivateAddresses && isPrivateAddress(selfId, address),
    denyInboundConnection: holdsItsShare,
    denyInboundEncryptedConnection: isBanned,
    denyOutboundEncryptedConnection: isBanned,
  }
}

/** The IP address or name, or undefined for transports without one. */
function hostOf(address: Multiaddr): string | undefined {
  const [first] = address.getComponents()
  return first !== undefined && /^(ip4|ip6|dns)/.test(first.name) ? first.value : undefined
}
