import { privateKeyFromRaw } from '@libp2p/crypto/keys'
import type { ConnectionEncrypter, PrivateKey, Transport } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { tcp } from '@libp2p/tcp'
import { tls } from '@libp2p/tls'
import { yamux } from '@libp2p/yamux'
import type { Libp2pOptions } from 'libp2p'
import { createLibp2p } from 'libp2p'
import { errorMessage } from '../util/errors.ts'
import { type Logger, silentLogger } from '../util/logger.ts'
import { parseAddress } from './addresses.ts'
import { keepBootstrapped } from './bootstrap.ts'
import { connectedPeers } from './connectedPeers.ts'
import { createConnectionGater } from './connectionGater.ts'
import { type HostDatastore, openDatastore } from './datastore.ts'
import { P2PError } from './errors.ts'
import type { Host, HostServices } from './host.ts'
import { silentLibraryLog } from './libraryLog.ts'
import { NETWORK_PROFILES, type NetworkProfileName } from './networkProfile.ts'
import { createNodeKey } from './nodeKey.ts'
import { createPeerScores } from './peerScores.ts'
import { type DHTOptions, hostServices } from './services.ts'
import { createStreams } from './streams.ts'

/** Transports and encrypters other than TCP with TLS and Noise: memory and plaintext for simulations. */
export interface HostStack {
  transports: ((components: never) => Transport)[]
  connectionEncrypters: ((components: never) => ConnectionEncrypter)[]
}

export interface HostOptions {
  /** 32 bytes of secp256k1, or a libp2p key; a fresh one by default, and with it a new peer id. */
  nodeKey?: Uint8Array | PrivateKey
  /**
   * Multiaddrs to listen at; a free port of 127.0.0.1 by default. A host without any only dials, and asks the
   * DHT without being part of it.
   */
  listen?: readonly string[]
  /** Multiaddrs to tell others instead of those listened at, behind a router. */
  announce?: readonly string[]
  profile?: NetworkProfileName
  /** Where peers and DHT records are kept; in memory when left out. */
  directory?: string
  /** Multiaddrs with peer ids of nodes to join through; tried again until enough peers are connected. */
  bootstrap?: readonly string[]
  dht?: DHTOptions
  maxConnections?: number
  stack?: HostStack
  logger?: Logger
}

const DEFAULT_MAX_CONNECTIONS = 200
const DIAL_TIMEOUT_MS = 3_000
const ADDRESS_DIAL_TIMEOUT_MS = 2_000
const MAX_PENDING_CONNECTIONS = 20
const PING_INTERVAL_MS = 10_000
/** Half of libp2p's: what a socket that says nothing may cost. */
const INBOUND_UPGRADE_TIMEOUT_MS = 5_000
const MAX_STREAMS = 256
/** libp2p forgets addresses after an hour by default, and with them everyone a restarted node knew. */
const PEER_AGE_MS = 30 * 86_400_000
/**
 * A window may grow to here. It must stay below what a paused stream may hold, or a stream that its reader
 * holds back is reset for overflowing.
 */
const MAX_WINDOW_BYTES = 2 << 20
const MAX_READ_BUFFER_BYTES = 4 << 20

/**
 * Starts a host: TLS before Noise on TCP, yamux with bounded windows, identify, ping and Kademlia under
 * /genaro/kad/1.0.0. Throws `P2PError`: `CANNOT_LISTEN` when an address is taken or malformed, `BAD_NODE_KEY`,
 * `BAD_DATASTORE`, and `BAD_ADDRESS` for a bootstrap node.
 */
export async function createHost({
  nodeKey = createNodeKey(),
  listen = ['/ip4/127.0.0.1/tcp/0'],
  announce = [],
  profile: profileName = 'loopback',
  directory,
  bootstrap = [],
  dht = {},
  maxConnections = DEFAULT_MAX_CONNECTIONS,
  stack = TCP_STACK,
  logger = silentLogger,
}: HostOptions = {}): Promise<Host> {
  const profile = NETWORK_PROFILES[profileName]
  const privateKey = toPrivateKey(nodeKey)
  const bootstrapAddresses = bootstrap.map(parseAddress)
  const store = await openDatastore(directory)
  const scores = createPeerScores({
    onBan: (peerId) => {
      logger.info('banned peer', { peerId })
      void streams.disconnect(peerId)
    },
  })
  const connectionGater = createConnectionGater({
    selfId: peerIdFromPrivateKey(privateKey),
    scores,
    profile,
    remoteAddresses: () => libp2p.getConnections().map(({ remoteAddr }) => remoteAddr),
  })
  const libp2p = await startNode(store, {
    ...(process.env.DEBUG === undefined && { logger: silentLibraryLog() }),
    privateKey,
    datastore: dht.guardDatastore?.(store.datastore) ?? store.datastore,
    nodeInfo: { name: 'genaro', version: '1', userAgent: 'genaro/1' },
    addresses: { listen: [...listen], announce: [...announce] },
    // The stack's factories take libp2p's components, which only libp2p itself names.
    transports: stack.transports as Libp2pOptions['transports'] & {},
    connectionEncrypters: stack.connectionEncrypters as Libp2pOptions['connectionEncrypters'] & {},
    streamMuxers: [boundedYamux()],
    connectionGater,
    connectionManager: {
      maxConnections,
      maxIncomingPendingConnections: MAX_PENDING_CONNECTIONS,
      inboundConnectionThreshold: profile.connectionsPerSecondPerHost,
      dialTimeout: DIAL_TIMEOUT_MS,
      addressDialTimeout: ADDRESS_DIAL_TIMEOUT_MS,
      inboundUpgradeTimeout: INBOUND_UPGRADE_TIMEOUT_MS,
    },
    connectionMonitor: { pingInterval: PING_INTERVAL_MS },
    peerStore: { maxPeerAge: PEER_AGE_MS, maxAddressAge: PEER_AGE_MS },
    services: hostServices(listen.length > 0 ? profile : { ...profile, clientMode: true }, dht),
  })
  const streams = createStreams({ libp2p, scores, logger })
  const bootstrapping = keepBootstrapped({ libp2p, addresses: bootstrapAddresses, logger })

  return {
    peerId: libp2p.peerId.toString(),
    libp2p,
    scores,
    addresses: () => libp2p.getMultiaddrs().map(String),
    connectedPeers: () => connectedPeers(libp2p),
    connect: streams.connect,
    openStream: streams.openStream,
    handle: streams.handle,
    unhandle: streams.unhandle,
    async stop() {
      bootstrapping.stop()
      await libp2p.stop()
      await store.close()
    },
  }
}

const TCP_STACK: HostStack = {
  transports: [tcp()],
  connectionEncrypters: [tls(), noise()],
}

const boundedYamux = () =>
  yamux({
    maxInboundStreams: MAX_STREAMS,
    maxOutboundStreams: MAX_STREAMS,
    streamOptions: {
      maxStreamWindowSize: MAX_WINDOW_BYTES,
      maxReadBufferLength: MAX_READ_BUFFER_BYTES,
    },
  })

function toPrivateKey(nodeKey: Uint8Array | PrivateKey): PrivateKey {
  if (!(nodeKey instanceof Uint8Array)) return nodeKey
  try {
    return privateKeyFromRaw(nodeKey)
  } catch (cause) {
    throw new P2PError('BAD_NODE_KEY', {
      message: `A node key must be 32 bytes of secp256k1: ${errorMessage(cause)}`,
      hint: 'Leave it out for a fresh one, or take one from createNodeKey or loadNodeKey.',
      cause,
    })
  }
}

async function startNode(store: HostDatastore, options: Libp2pOptions<HostServices>) {
  try {
    return await createLibp2p(options)
  } catch (cause) {
    await store.close()
    const addresses = options.addresses?.listen ?? []
    throw new P2PError('CANNOT_LISTEN', {
      message: `The host cannot listen at ${addresses.join(', ')}: ${errorMessage(cause)}`,
      hint: 'Choose a free port, or port 0 for any, and an address of this machine.',
      facts: { addresses },
      cause,
    })
  }
}
