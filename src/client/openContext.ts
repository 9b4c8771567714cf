import { mkdtemp, rm } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type JsonRpcApiProvider, type Signer, ZeroHash } from 'ethers'
import { read } from '../api/send.ts'
import { createHost } from '../p2p/createHost.ts'
import type { Host } from '../p2p/host.ts'
import { DEFAULT_MAX_SHARD_BYTES } from '../protocol/fileLayoutShape.ts'
import { NETWORKS } from '../protocol/networks.ts'
import { openRoutingTable } from '../storage/dht/kadInternals.ts'
import { createRecordReader } from '../storage/dht/recordReader.ts'
import { createRecordRules } from '../storage/dht/recordRules.ts'
import { type PeerGrant, signPeerGrant } from '../storage/shardProtocol/peerGrant.ts'
import { silentLogger } from '../util/logger.ts'
import { chainInstance } from './chainInstance.ts'
import type { ClientContext } from './context.ts'
import type { ClientOptions } from './createClient.ts'
import { createFarmerAccount, type FarmerAccount } from './farmerAccount.ts'
import { createFarmerDirectory } from './farmers.ts'
import { bytesOf } from './fileSecrets.ts'
import { nowSeconds } from './now.ts'
import { createPeerAddresses } from './peerAddresses.ts'
import { createUploadWorkers } from './pipeline/uploadWorkers.ts'
import { openReceiptBook } from './receiptBook.ts'

const SMALL_CODE = { dataShards: 4, parityShards: 2 }
const PUBLIC_CODE = { dataShards: 16, parityShards: 11 }

/** What is opened for a client, and how it is let go of. */
export async function openContext(
  options: ClientOptions,
  provider: JsonRpcApiProvider,
): Promise<{ context: ClientContext; release(): Promise<void> }> {
  const { signer, masterSeed, logger = silentLogger } = options
  const [{ chainId }, genesis, address] = await Promise.all([
    read(() => provider.getNetwork()),
    read(() => provider.getBlock(0)),
    signer.getAddress(),
  ])
  const account = address.toLowerCase()
  const isPublic = [NETWORKS.mainnet, NETWORKS.testnet].some((each) => each.chainId === chainId)
  const addresses = [...(options.bootstrap ?? []), ...(await peersOfNode(provider))]
  const place = await openDirectory(options, provider, chainId, account)
  // Before the host: what may fail on this machine's disk should leave nothing running.
  const receipts = await openReceiptBook({ directory: place.receipts })
  const genesisHash = bytesOf(genesis?.hash ?? ZeroHash)
  const rules = createRecordRules({ chain: { chainId, genesisHash }, now: Date.now })
  const host =
    options.host ??
    (await createHost({
      listen: [],
      profile: isPublic ? 'public' : 'loopback',
      bootstrap: addresses,
      dht: { rules },
      logger,
    }))
  if (addresses.length > 0) await firstContact(host)
  const workers = createUploadWorkers()
  const closing = new AbortController()
  const accounts = new Map<string, FarmerAccount>()
  const context: ClientContext = {
    provider,
    signer,
    account,
    chainId,
    masterSeed,
    host,
    farmers: createFarmerDirectory({
      provider,
      host,
      addresses: createPeerAddresses({
        named: addresses,
        records: options.host === undefined ? createRecordReader(host, rules) : undefined,
        isConnected: (peerId) => host.connectedPeers().includes(peerId),
      }),
    }),
    workers,
    directory: place.directory,
    code: options.code ?? (isPublic ? PUBLIC_CODE : SMALL_CODE),
    maxShardBytes: options.maxShardBytes ?? DEFAULT_MAX_SHARD_BYTES,
    logger,
    closing: closing.signal,
    accountWith(farmer) {
      let opened = accounts.get(farmer)
      if (opened === undefined) {
        const channel = receipts.channelOf(farmer)
        opened = createFarmerAccount({ signer, chainId, buyer: account, farmer, channel })
        accounts.set(farmer, opened)
      }
      return opened
    },
    grant: createGrants(signer, host, chainId, () => nowSeconds(context)),
  }
  return {
    context,
    async release() {
      closing.abort()
      await workers.close()
      if (options.host === undefined) await host.stop()
      await receipts.close()
      await place.remove()
    },
  }
}

/** Farmers nobody gave an address of are looked up through others, so somebody has to be connected first. */
async function firstContact(host: Host): Promise<void> {
  const table = openRoutingTable(host.libp2p.services.dht)
  const deadline = performance.now() + FIRST_CONTACT_MS
  while (table.contacts().length === 0 && performance.now() < deadline) await sleep(25)
}

/** Who cannot be reached for so long is done without. */
const FIRST_CONTACT_MS = 3_000

/** Addresses of farmers that the chain's node knows; none from a node that knows of no storage. */
async function peersOfNode(provider: JsonRpcApiProvider): Promise<string[]> {
  const peers: unknown = await provider.send('genaro_getPeers', []).catch(() => [])
  if (!Array.isArray(peers)) return []
  return peers.filter((peer) => typeof peer === 'string' && peer.startsWith('/')).slice(0, 256)
}

interface WorkPlace {
  directory: string
  /** Undefined: in memory. */
  receipts: string | undefined
  remove(): Promise<void>
}

/** A chain without blocks cannot be told from others yet: nothing about it is kept. */
async function openDirectory(
  { workDirectory = join(homedir(), '.genaro', 'client') }: ClientOptions,
  provider: JsonRpcApiProvider,
  chainId: bigint,
  account: string,
): Promise<WorkPlace> {
  const instance = await chainInstance(provider, chainId)
  if (instance === undefined) {
    const directory = await mkdtemp(join(tmpdir(), 'genaro-client-'))
    const remove = () => rm(directory, { recursive: true, force: true })
    return { directory, receipts: undefined, remove }
  }
  const directory = join(workDirectory, instance, account)
  return { directory, receipts: join(directory, 'receipts'), remove: async () => {} }
}

/** A grant is signed anew when the last one has little time left. */
function createGrants(
  signer: Signer,
  { peerId }: Host,
  chainId: bigint,
  now: () => Promise<bigint>,
): () => Promise<PeerGrant> {
  let grant: Promise<PeerGrant> | undefined
  let renewAt = 0
  return () => {
    if (grant === undefined || Date.now() > renewAt) {
      renewAt = Date.now() + GRANT_MS
      grant = now().then((nowSeconds) => signPeerGrant(signer, { peerId, chainId, nowSeconds }))
      grant.catch(() => {
        grant = undefined
      })
    }
    return grant
  }
}

/** Half of what a grant lasts. */
const GRANT_MS = 1_800_000
