import type { Libp2p } from '@libp2p/interface'

/** Peer ids connected now. `getPeers` would make each id anew, which takes half a millisecond for its key. */
export const connectedPeers = (libp2p: Pick<Libp2p, 'getConnections'>): string[] => [
  ...new Set(libp2p.getConnections().map(({ remotePeer }) => remotePeer.toString())),
]
