import type { PeerId } from '@libp2p/interface'
import { passthroughMapper, removePrivateAddressesMapper } from '@libp2p/kad-dht'
import type { Multiaddr } from '@multiformats/multiaddr'

/** Where a host lives: one machine or test network (`loopback`), or the Internet (`public`). */
export type NetworkProfileName = 'loopback' | 'public'

/** What differs between the two; see the DHT's options in libp2p for mapper and mode. */
export interface NetworkProfile {
  peerInfoMapper: typeof passthroughMapper
  /** Whether the host only asks the DHT; undefined until it has a public address. */
  clientMode: boolean | undefined
  /** Connections one address may open per second. */
  connectionsPerSecondPerHost: number
  /** Connections one address may hold. */
  maxConnectionsPerHost: number
  /** Whether addresses of private networks are never dialled, so that no peer can point us at them. */
  refusesPrivateAddresses: boolean
}

export const NETWORK_PROFILES: Record<NetworkProfileName, NetworkProfile> = {
  loopback: {
    peerInfoMapper: passthroughMapper,
    clientMode: false,
    connectionsPerSecondPerHost: 1_000,
    maxConnectionsPerHost: 1_000,
    refusesPrivateAddresses: false,
  },
  public: {
    peerInfoMapper: removePrivateAddressesMapper,
    clientMode: undefined,
    connectionsPerSecondPerHost: 5,
    maxConnectionsPerHost: 8,
    refusesPrivateAddresses: true,
  },
}

/** Whether an address is in a private, loopback or link-local range, by the DHT's own rule. */
export const isPrivateAddress = (id: PeerId, address: Multiaddr): boolean =>
  removePrivateAddressesMapper({ id, multiaddrs: [address] }).multiaddrs.length === 0
