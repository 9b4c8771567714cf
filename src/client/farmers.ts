import { bytesToHex, hexToBytes } from '@ethereumjs/util'
import { multiaddr } from '@multiformats/multiaddr'
import { encodeBase58, type JsonRpcApiProvider } from 'ethers'
import { type FarmerNode, getNode } from '../api/actions/getNode.ts'
import { listNodes } from '../api/actions/listNodes.ts'
import { parsePeerId } from '../p2p/addresses.ts'
import type { Host, PeerTarget } from '../p2p/host.ts'
import { type FarmerInfo, farmerInfoProtocol } from '../storage/shardProtocol/farmerInfo.ts'
import { ClientError } from './errors.ts'
import type { PeerAddresses } from './peerAddresses.ts'
import type { FarmerCandidate } from './placement.ts'

/** A farmer's node: who it is by the chain, and where it can be reached. */
export interface Farmer {
  node: bigint
  /** The account that owns it, 20 bytes in lower-case hex. */
  account: string
  peerId: string
  target: Exclude<PeerTarget, string>
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
  addresses: PeerAddresses
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
  const known = new Map<bigint, Farmer>()
  const failures = new Map<bigint, number[]>()

  const toFarmer = async (node: FarmerNode): Promise<Farmer> => {
    const peerId = peerIdText(node.peerId)
    const account = node.owner.toLowerCase()
    const target = { peerId, addresses: await addresses.of({ account, peerId }) }
    const farmer = { node: node.node, account, peerId, target }
    known.set(node.node, farmer)
    return farmer
  }

  const recentFailures = (node: bigint): number => {
    const since = Date.now() - BLAME_MS
    return (failures.get(node) ?? []).filter((at) => at > since).length
  }

  const askInfo = async (
    node: FarmerNode,
    signal: AbortSignal | undefined,
  ): Promise<{ farmer: Farmer; info: FarmerInfo }> => {
    const options = { timeoutMs: INFO_TIMEOUT_MS, ...(signal && { signal }) }
    const farmer = await toFarmer(node)
    try {
      return { farmer, info: await farmerInfoProtocol.request(host, farmer.target, {}, options) }
    } catch (error) {
      addresses.doubt(farmer.peerId)
      const again = await toFarmer(node)
      if (isSame(again.target.addresses, farmer.target.addresses)) throw error
      const info = await farmerInfoProtocol.request(host, again.target, {}, options)
      return { farmer: again, info }
    }
  }

  /** Undefined for one that does not answer, or is not who the chain says. */
  const ask = async (
    node: FarmerNode,
    signal: AbortSignal | undefined,
  ): Promise<OfferingFarmer | undefined> => {
    try {
      const { farmer, info } = await askInfo(node, signal)
      if (info.node !== farmer.node || info.account.toLowerCase() !== farmer.account) {
        return undefined
      }
      const { priceWeiPerGBDay } = info
      const freeBytes = smaller(info.freeBytes, node.capacityBytes - node.usedBytes)
      const subnet = subnetOf(remoteAddresses(host, farmer.peerId))
      return { ...farmer, info, freeBytes, priceWeiPerGBDay, subnet }
    } catch {
      return undefined
    }
  }

  return {
    async farmerOf(node) {
      return known.get(node) ?? (await toFarmer(await getNode(provider, { node })))
    },
    async offering({ signal } = {}) {
      const nodes = shuffle(await listNodes(provider))
        .slice(0, MOST_ASKED)
        .sort((one, other) => recentFailures(one.node) - recentFailures(other.node))
      const offering: OfferingFarmer[] = []
      const work = async (): Promise<void> => {
        for (let node = nodes.shift(); node !== undefined; node = nodes.shift()) {
          signal?.throwIfAborted()
          const farmer = await ask(node, signal)
          if (farmer !== undefined) offering.push(farmer)
        }
      }
      await Promise.all(Array.from({ length: ASKED_AT_ONCE }, work))
      return offering
    },
    blame(node) {
      const farmer = known.get(node)
      if (farmer !== undefined) addresses.doubt(farmer.peerId)
      known.delete(node)
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

/** The first three bytes of an IPv4 address, or the first 8 of an IPv6 one, unless it is this machine's. */
export function subnetOf(addresses: readonly string[]): string | undefined {
  for (const text of addresses) {
    const address = addressBytes(text)
    if (address === undefined) continue
    const isMapped =
      address.length === 16 && MAPPED_PREFIX.every((byte, at) => address[at] === byte)
    const bytes = isMapped ? address.subarray(MAPPED_PREFIX.length) : address
    if (bytes.length === 4 && bytes[0] !== 127) return bytes.subarray(0, 3).join('.')
    if (bytes.length === 16 && !isLoopback(bytes)) return bytesToHex(bytes.subarray(0, 8))
  }
  return undefined
}

/** Of an IPv6 address that stands for an IPv4 one. */
const MAPPED_PREFIX = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]

const isLoopback = (bytes: Uint8Array): boolean =>
  bytes.every((byte, at) => byte === (at === 15 ? 1 : 0))

/** The 4 or 16 bytes of a multiaddr's IP address; its text has many forms. */
function addressBytes(text: string): Uint8Array | undefined {
  const found = multiaddr(text)
    .getComponents()
    .find(({ name }) => name === 'ip4' || name === 'ip6')
  if (found?.value === undefined) return undefined
  // Behind the protocol's code, which takes one byte.
  return multiaddr(`/${found.name}/${found.value}`).bytes.subarray(1)
}

/** Where a connected peer really is; what it says of itself may be anything. */
const remoteAddresses = ({ libp2p }: Host, peerId: string): string[] =>
  libp2p
    .getConnections()
    .filter(({ remotePeer }) => remotePeer.toString() === peerId)
    .map(({ remoteAddr }) => remoteAddr.toString())

const isSame = (some: readonly string[], others: readonly string[]): boolean =>
  some.length === others.length && some.every((address) => others.includes(address))

function shuffle<Item>(items: readonly Item[]): Item[] {
  return items
    .map((item) => ({ item, key: Math.random() }))
    .sort((one, other) => one.key - other.key)
    .map(({ item }) => item)
}
