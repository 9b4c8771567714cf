import type { Connection, Libp2p } from '@libp2p/interface'
import type { KadDHT } from '@libp2p/kad-dht'
import type { Ping } from '@libp2p/ping'
import type { FramedStream, FramedStreamOptions } from './framedStream.ts'
import type { PeerScores } from './peerScores.ts'
import type { RateLimiterOptions } from './rateLimiter.ts'

/** The libp2p services every host runs. */
export interface HostServices extends Record<string, unknown> {
  dht: KadDHT
  ping: Ping
}

/** A peer by its id, or with the multiaddrs it said it listens at. */
export type PeerTarget = string | { peerId: string; addresses: readonly string[] }

export interface OpenStreamOptions extends FramedStreamOptions {
  /** Milliseconds for connecting and agreeing on the protocol; 10 s by default. */
  openTimeoutMs?: number
}

export interface HandlerOptions extends Omit<FramedStreamOptions, 'signal'> {
  /** Streams of this protocol one connection may hold open; 8 by default. */
  maxInboundStreams?: number
  /** Streams of this protocol one peer may open; 20 per second and 60 at once by default. */
  rate?: Pick<RateLimiterOptions, 'perSecond' | 'burst'>
}

/** Serves one stream. When it throws, the stream is broken off; when it returns, our side is ended. */
export type StreamServer = (stream: FramedStream) => Promise<void>

/** The one libp2p node that a farmer, a client or a validator speaks through (SPEC 7). */
export interface Host {
  readonly peerId: string
  /** libp2p itself, for what builds on its services. */
  readonly libp2p: Libp2p<HostServices>
  readonly scores: PeerScores
  /** Multiaddrs with our peer id that others can dial. */
  addresses(): string[]
  /** Peer ids connected now. */
  connectedPeers(): string[]
  /**
   * Connects to a peer. Throws `P2PError`: `BAD_ADDRESS`, `UNREACHABLE`, `PEER_BANNED`, `DIAL_DENIED`
   * (addresses of private networks, where the profile is public), `TIMED_OUT`, `ABORTED`.
   */
  connect(
    peer: PeerTarget,
    options?: Pick<OpenStreamOptions, 'signal' | 'openTimeoutMs'>,
  ): Promise<Connection>
  /** Opens a stream of a protocol. Throws as `connect` does, and `PROTOCOL_UNSUPPORTED`. */
  openStream(peer: PeerTarget, protocol: string, options?: OpenStreamOptions): Promise<FramedStream>
  /** Serves a protocol within limits. Peers that break a stream's rules lose points. */
  handle(protocol: string, serve: StreamServer, options?: HandlerOptions): Promise<void>
  unhandle(protocol: string): Promise<void>
  /** Closes every connection and the datastore. */
  stop(): Promise<void>
}
