import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { bytesToHex } from '@ethereumjs/util'
import { type JsonRpcProvider, Wallet } from 'ethers'
import { buySpace } from '../../../src/api/actions/buySpace.ts'
import { buyTraffic } from '../../../src/api/actions/buyTraffic.ts'
import { registerReplicas } from '../../../src/api/actions/registerReplicas.ts'
import { connectProvider } from '../../../src/api/provider.ts'
import { hashLeaves } from '../../../src/crypto/merkle/hashing.ts'
import { createMerkleTree } from '../../../src/crypto/merkle/tree.ts'
import { createDevnet } from '../../../src/node/devnet.ts'
import type { ChainNode } from '../../../src/node/node.ts'
import { createRPCServer } from '../../../src/node/rpc/server.ts'
import { createHost } from '../../../src/p2p/createHost.ts'
import type { Host, PeerTarget } from '../../../src/p2p/host.ts'
import { createDevnetFarmers } from '../../../src/protocol/devnetFarmers.ts'
import { GB } from '../../../src/protocol/params.ts'
import { signTrafficReceipt } from '../../../src/protocol/receipts.ts'
import { type ReplicaOffer, replicaIdOf } from '../../../src/protocol/replicaContract.ts'
import { DEFAULT_FARMER_PRICE_WEI, replicaPriceWei } from '../../../src/protocol/storageParams.ts'
import { createFarmer, type FarmerOptions } from '../../../src/storage/farmer/createFarmer.ts'
import type { Farmer } from '../../../src/storage/farmer/farmer.ts'
import type { TrafficChannel } from '../../../src/storage/shardProtocol/openReadSession.ts'
import { type PeerGrant, signPeerGrant } from '../../../src/storage/shardProtocol/peerGrant.ts'
import { storeReplica } from '../../../src/storage/shardProtocol/storeReplica.ts'
import { type CleanUp, createCleanUp } from '../../../src/util/cleanUp.ts'

/** Whatever can be told what to do at its end: a test, or a suite. */
export interface Scope {
  after(cleanUp: () => unknown): void
}

/** A chain with its JSON-RPC server, a buyer with a bucket, and a host that speaks for it. */
export interface StorageNetwork {
  node: ChainNode
  url: string
  chainId: bigint
  provider: JsonRpcProvider
  buyer: Wallet
  bucketId: string
  bucketEndTime: bigint
  host: Host
  grant: PeerGrant
  /** What ends with the network, last started first. */
  cleanUp: CleanUp
}

export interface NetworkOptions {
  trafficBytes?: bigint
  termDays?: bigint
}

export async function startNetwork(
  t: Scope,
  { trafficBytes = GB, termDays = 90n }: NetworkOptions = {},
): Promise<StorageNetwork> {
  const cleanUp = createCleanUp()
  t.after(cleanUp.run)
  const node = await createDevnet()
  cleanUp.add(() => node.close())
  const server = await createRPCServer({ node, port: 0 })
  cleanUp.add(() => server.close())
  const { url } = server
  const provider = await connectProvider(url)
  cleanUp.add(async () => provider.destroy())
  const buyer = new Wallet(node.devnet!.accounts[0]!.privateKey, provider)
  const bucket = await buySpace(buyer, {
    sizeBytes: GB,
    termSeconds: termDays * 86_400n,
    backups: 6,
  })
  if (trafficBytes > 0n) await buyTraffic(buyer, { trafficBytes })
  const host = await createHost({ listen: [] })
  cleanUp.add(() => host.stop())
  const { chainId } = await provider.getNetwork()
  const nowSeconds = nowInSeconds()
  const grant = await signPeerGrant(buyer, { peerId: host.peerId, chainId, nowSeconds })
  return {
    ...{ node, url, chainId, provider, buyer, host, grant, cleanUp },
    bucketId: bucket.id,
    bucketEndTime: nowSeconds + termDays * 86_400n - 3_600n,
  }
}

export const nowInSeconds = (): bigint => BigInt(Math.floor(Date.now() / 1_000))

/** Starts one of the devnet's farmers in this process. It ends with the network. */
export async function startFarmer(
  { url, cleanUp }: Pick<StorageNetwork, 'url' | 'cleanUp'>,
  { index = 0, ...options }: Partial<FarmerOptions> & { index?: number } = {},
): Promise<Farmer> {
  const { privateKey, nodeKey } = createDevnetFarmers()[index]!
  const farmer = await createFarmer({
    ...{ rpcURL: url, accountKey: privateKey, nodeKey },
    capacityBytes: 1_000_000_000_000,
    watchEveryMs: 100,
    inspection: { everyMs: 100, joinAfterMs: 0 },
    ...options,
  })
  cleanUp.add(() => farmer.stop())
  return farmer
}

/** Mines blocks, with the farmer looking at each, until something is so. */
export async function mineUntil(
  { node }: StorageNetwork,
  farmer: Farmer,
  isSo: () => boolean,
): Promise<void> {
  for (let looks = 0; looks < 60; looks++) {
    await farmer.checkChain()
    if (isSo()) return
    // Fewer than from a challenge's announcement to its deadline.
    await node.devnet!.mine({ blocks: 3 })
  }
  throw new Error(`It did not come to that: ${inspect(farmer.status().inspections)}`)
}

/** Mines until the farmer has passed another inspection; it holds a replica of 20 leaves or more. */
export function passInspection(network: StorageNetwork, farmer: Farmer): Promise<void> {
  const passed = (): number => farmer.status().inspections.totals.passed
  const before = passed()
  return mineUntil(network, farmer, () => passed() > before)
}

export const targetOf = (farmer: Pick<Farmer, 'peerId' | 'addresses'>): PeerTarget => ({
  peerId: farmer.peerId,
  addresses: farmer.addresses(),
})

/** Another peer, with the buyer's word for it or without. */
export async function startPeer({ cleanUp }: Pick<StorageNetwork, 'cleanUp'>): Promise<Host> {
  const host = await createHost({ listen: [] })
  cleanUp.add(() => host.stop())
  return host
}

/** Random leaves with an offer for them. */
export interface TestReplica {
  id: string
  offer: ReplicaOffer
  bytes: Uint8Array
  root: Uint8Array
  leafCount: number
}

export function makeReplica(
  network: Pick<StorageNetwork, 'bucketId' | 'bucketEndTime'>,
  farmer: Pick<Farmer, 'node'>,
  { leaves: leafCount = 1_500, ...changed }: Partial<ReplicaOffer> & { leaves?: number } = {},
): TestReplica {
  const bytes = new Uint8Array(randomBytes(leafCount * 1_024))
  const { root } = createMerkleTree(hashLeaves(0, bytes))
  const sizeBytes = BigInt(bytes.length)
  const endTime = network.bucketEndTime
  const offer: ReplicaOffer = {
    bucketId: network.bucketId,
    fileId: bytesToHex(randomBytes(32)),
    shardIndex: 0n,
    node: farmer.node,
    root: bytesToHex(root),
    sizeBytes,
    priceWei: replicaPriceWei(DEFAULT_FARMER_PRICE_WEI, {
      sizeBytes,
      seconds: endTime - nowInSeconds() + 60n,
    }),
    endTime,
    salt: bytesToHex(randomBytes(32)),
    expiry: nowInSeconds() + 1_800n,
    leafCount: BigInt(leafCount),
    ...changed,
  }
  return { id: replicaIdOf(offer), offer, bytes, root, leafCount }
}

/** The replica's bytes in pieces. */
export async function* piecesOf(
  bytes: Uint8Array,
  pieceBytes = 131_072,
): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
}

/** Stores a replica and returns the farmer's signature in hex. */
export async function store(
  { host, grant }: Pick<StorageNetwork, 'host' | 'grant'>,
  farmer: Pick<Farmer, 'peerId' | 'addresses'>,
  { offer, bytes }: TestReplica,
): Promise<string> {
  const signature = await storeReplica(host, targetOf(farmer), {
    offer,
    grant,
    source: (from) => piecesOf(bytes.subarray(from)),
  })
  return bytesToHex(signature)
}

export const register = (
  { buyer }: StorageNetwork,
  replica: TestReplica,
  signature: string,
): ReturnType<typeof registerReplicas> =>
  registerReplicas(buyer, { offers: [{ offer: replica.offer, signature }] })

/** Stores a replica of so many leaves and registers it. */
export async function hold(
  network: StorageNetwork,
  farmer: Farmer,
  leaves: number,
): Promise<TestReplica> {
  const replica = makeReplica(network, farmer, { leaves })
  await register(network, replica, await store(network, farmer, replica))
  return replica
}

/** The buyer's count with a farmer, in memory. */
export function createChannel(
  { buyer, chainId }: Pick<StorageNetwork, 'buyer' | 'chainId'>,
  farmer: Pick<Farmer, 'account'>,
  channel = 1n,
): TrafficChannel {
  let cumulativeBytes = 0n
  return {
    get signedBytes() {
      return cumulativeBytes
    },
    sign(moreBytes) {
      cumulativeBytes += moreBytes
      return signTrafficReceipt(buyer, chainId, {
        buyer: buyer.address.toLowerCase(),
        farmer: farmer.account,
        channel,
        cumulativeBytes,
      })
    },
  }
}

export function temporaryDirectory(t: Scope): string {
  const directory = mkdtempSync(join(tmpdir(), 'genaro-test-'))
  t.after(() => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }))
  return directory
}
