import { hexToBytes } from '@ethereumjs/util'
import { multiaddr } from '@multiformats/multiaddr'
import { encodeBase58, type JsonRpcApiProvider } from 'ethers'
import { type FarmerNode, getNode } from '../api/actions/getNode.ts'
import { listNodes } from '../api/actions/listNodes.ts'
import { parsePeerId } from '../p2p/addresses.ts'
import type { Host, PeerTarget } from '../p2p/host.ts'
import { type FarmerInfo, farmerInfoProtocol } from '../storage/shardProtocol/farmerInfo.ts'
import { ClientError } from './errors.ts'
import type { FarmerCandidate } from './placement.ts'

/** A farmer's node: who it is by the chain, and where it can be reached. */
export interface Farmer {
  node: bigint
  /** The account that owns it, 20 bytes in lower-case hex. */
  account: string
  peerId: string
  target: PeerTarget
}

/** A farmer that has just said what it offers. */
export interface OfferingFarmer extends Farmer, FarmerCandidate {
  info: FarmerInfo
}

/** The farmers of the network, as this client knows them. */
export interface FarmerDirectory {
  /** A node by its index, retired ones too. Throws `ApiError`, and `ClientError` `FARMER_FAILED`. */
  farmerOf(node: bigint): Promise<Farmer>
  /** All that are active and answer what they offer. */
  offering(options?: { signal?: AbortSignal | undefined }): Promise<OfferingFarmer[]>
  /** Remembers that a farmer failed, so that others are asked before it for a while. */
  blame(node: bigint): void
  /** How often a farmer failed lately. */
  failuresOf(node: bigint): number
}

export interface FarmerDirectoryOptions {
  provider: JsonRpcApiProvider
  host: Host
  /** Multiaddrs with peer ids that the node or the user named; others are looked up in the DHT. */
  addresses: readonly string[]
}

const INFO_TIMEOUT_MS = 5_000
/** How many farmers are asked at a time, and at most: enough to choose from in a network of any size. */
const ASKED_AT_ONCE = 16
const MOST_ASKED = 256
const BLAME_MS = 60_000

export function createFarmerDirectory({
  provider,
  host,
  addresses,
}: FarmerDirectoryOptions): FarmerDirectory {
  const addressesOf = groupByPeer(addresses)
  const known = new Map<bigint, Farmer>()
  const failures = new Map<bigint, number[]>()

  const toFarmer = (node: FarmerNode): Farmer => {
    const peerId = peerIdText(node.peerId)
    const farmer = {
      node: node.node,
      account: node.owner.toLowerCase(),
      peerId,
      target: { peerId, addresses: addressesOf.get(peerId) ?? [] },
    }
    known.set(node.node, farmer)
    return farmer
  }

  const recentFailures = (node: bigint): number => {
    const since = Date.now() - BLAME_MS
    return (failures.get(node) ?? []).filter((at) => at > since).length
  }

  /** Undefined for one that does not answer, or is not who the chain says. */
  const ask = async (
    node: FarmerNode,
    signal: AbortSignal | undefined,
  ): Promise<OfferingFarmer | undefined> => {
    try {
      const farmer = toFarmer(node)
      const options = { timeoutMs: INFO_TIMEOUT_MS, ...(signal && { signal }) }
      const info = await farmerInfoProtocol.request(host, farmer.target, {}, options)
      if (info.node !== farmer.node || info.account.toLowerCase() !== farmer.account) {
        return undefined
      }
      const { priceWeiPerGBDay } = info
      const freeBytes = smaller(info.freeBytes, node.capacityBytes - node.usedBytes)
      const subnet = subnetOf(addressesOf.get(farmer.peerId) ?? [])
      return { ...farmer, info, freeBytes, priceWeiPerGBDay, subnet }
    } catch {
      return undefined
    }
  }

  return {
    async farmerOf(node) {
      return known.get(node) ?? toFarmer(await getNode(provider, { node }))
    },
    async offering({ signal } = {}) {
      const nodes = shuffle(await listNodes(provider))
        .slice(0, MOST_ASKED)
        .sort((one, other) => recentFailures(one.node) - recentFailures(other.node))
      const offering: OfferingFarmer[] = []
      for (let at = 0; at < nodes.length; at += ASKED_AT_ONCE) {
        signal?.throwIfAborted()
        const asked = nodes.slice(at, at + ASKED_AT_ONCE).map((node) => ask(node, signal))
        for (const farmer of await Promise.all(asked)) if (farmer) offering.push(farmer)
      }
      return offering
    },
    blame(node) {
      failures.set(node, [...(failures.get(node) ?? []).slice(-9), Date.now()])
    },
    failuresOf: recentFailures,
  }
}

/** What it says and what it registered: the chain takes no replica beyond that. */
const smaller = (saidBytes: bigint, registeredBytes: bigint): bigint => {
  const bytes = saidBytes < registeredBytes ? saidBytes : registeredBytes
  return bytes > 0n ? bytes : 0n
}

/** Multiaddrs by the peer id they end with; those without one lead to nobody in particular. */
function groupByPeer(addresses: readonly string[]): Map<string, string[]> {
  const groups = new Map<string, string[]>()
  for (const text of addresses) {
    const peerId = /\/p2p\/([^/]+)$/.exec(text)?.[1]
    if (peerId !== undefined) groups.set(peerId, [...(groups.get(peerId) ?? []), text])
  }
  return groups
}

/** A peer id from its multihash in hex, which is what the chain keeps. */
function peerIdText(multihash: string): string {
  try {
    return parsePeerId(encodeBase58(hexToBytes(multihash as `0x${string}`))).toString()
  } catch (cause) {
    throw new ClientError('FARMER_FAILED', {
      message: `A node is registered with a peer id that is none: ${multihash}`,
      cause,
    })
  }
}

/** The first three bytes of an IPv4 address, or four groups of an IPv6 one, unless it is this machine's. */
export function subnetOf(addresses: readonly string[]): string | undefined {
  for (const text of addresses) {
    const [first] = multiaddr(text).getComponents()
    const { name, value = '' } = first ?? {}
    if (name === 'ip4' && !value.startsWith('127.')) return value.split('.').slice(0, 3).join('.')
    if (name === 'ip6' && value !== '::1') return value.split(':').slice(0, 4).join(':')
  }
  return undefined
}

function shuffle<Item>(items: readonly Item[]): Item[] {
  return items
    .map((item) => ({ item, key: Math.random() }))
    .sort((one, other) => one.key - other.key)
    .map(({ item }) => item)
}
