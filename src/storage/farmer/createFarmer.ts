import { join } from 'node:path'
import { bytesToHex, hexToBytes } from '@ethereumjs/util'
import { privateKeyFromRaw } from '@libp2p/crypto/keys'
import { type JsonRpcApiProvider, Wallet } from 'ethers'
import { connectProvider } from '../../api/provider.ts'
import { read } from '../../api/send.ts'
import { createHost, type HostOptions } from '../../p2p/createHost.ts'
import { createNodeKey, loadNodeKey } from '../../p2p/nodeKey.ts'
import type { SigningChain } from '../../protocol/domain.ts'
import { NETWORKS } from '../../protocol/networks.ts'
import {
  DEFAULT_FARMER_PRICE_WEI,
  MAX_OFFER_SECONDS,
  MAX_REPLICA_TERM_SECONDS,
  MIN_REPLICA_TERM_SECONDS,
} from '../../protocol/storageParams.ts'
import { createCleanUp } from '../../util/cleanUp.ts'
import { type Logger, silentLogger } from '../../util/logger.ts'
import { prepareDHT } from '../dht/prepareDHT.ts'
import { createFarmerChain } from './chain.ts'
import { openDataDirectory } from './dataDirectory.ts'
import type { Farmer } from './farmer.ts'
import type { InspectionPolicy } from './inspection/startInspector.ts'
import { createStakeRule } from './mayPublish.ts'
import { keepPresent } from './presence.ts'
import type { RedeemPolicy } from './redeemer.ts'
import { ensureRegistered } from './registration.ts'
import { createReplicaHasher, type ReplicaHasher } from './replicaHasher.ts'
import { startServing } from './startServing.ts'

export interface FarmerOptions {
  /** Where the chain answers; or a provider, which is not closed with the farmer. */
  rpcURL?: string
  provider?: JsonRpcApiProvider
  /** The account that stakes, signs and is paid: a secp256k1 key of 32 bytes. */
  accountKey: Uint8Array
  /** The libp2p node's key, 32 bytes; kept in the data directory by default. */
  nodeKey?: Uint8Array
  /** Where replicas and everything else are kept; gone with the farmer when left out. */
  dataDirectory?: string
  /** Bytes of replicas to hold. */
  capacityBytes: number
  /** Wei per GB (1e9 bytes) of replica and day. */
  priceWeiPerGBDay?: bigint
  /** Multiaddrs to listen at, and to tell others instead. */
  listen?: HostOptions['listen']
  announce?: HostOptions['announce']
  /** Where its peers are; the Internet by default on the public networks, else this machine or its network. */
  profile?: HostOptions['profile']
  /** Multiaddrs with peer ids of nodes to join through. */
  bootstrap?: HostOptions['bootstrap']
  /** Threads to hash in; one of its own by default. */
  hasher?: ReplicaHasher
  redeem?: RedeemPolicy
  inspection?: InspectionPolicy
  /** Milliseconds between two looks at the chain. */
  watchEveryMs?: number
  /** Milliseconds a peer may be silent in a stream. */
  idleTimeoutMs?: number
  logger?: Logger
}

/**
 * Starts a farmer: it stakes and registers its node where that is missing, opens its replicas, and serves. Throws
 * `ApiError`, `P2PError`, `StoreError` and `StorageError`, with nothing left behind.
 */
export async function createFarmer(options: FarmerOptions): Promise<Farmer> {
  const { logger = silentLogger, capacityBytes } = options
  const cleanUp = createCleanUp()
  try {
    const provider = options.provider ?? (await connectProvider(options.rpcURL))
    if (options.provider === undefined) cleanUp.add(async () => provider.destroy())
    const signer = new Wallet(bytesToHex(options.accountKey), provider)
    const account = signer.address.toLowerCase()
    const signingChain = await readSigningChain(provider)
    const { chainId } = signingChain
    const data = await openDataDirectory(options.dataDirectory, signingChain)
    cleanUp.add(data.close)
    const nodeKey = privateKeyFromRaw(await chooseNodeKey(options))
    const preparedDHT = prepareDHT({
      ...{ chain: signingChain, logger },
      mayPublish: createStakeRule(provider),
    })
    const host = await createHost({
      nodeKey,
      logger,
      dht: preparedDHT.hostOptions,
      ...(data.peersDirectory && { directory: data.peersDirectory }),
      profile: options.profile ?? profileOf(chainId),
      ...pick(options, 'listen', 'announce', 'bootstrap'),
    })
    cleanUp.add(host.stop)
    const capacity = BigInt(capacityBytes)
    const { peerId } = host
    const node = await ensureRegistered({
      provider,
      signer,
      peerId,
      capacityBytes: capacity,
      metadata: data.metadata,
      logger,
    })
    const dht = await preparedDHT.start(host)
    cleanUp.add(dht.stop)
    const hasher = options.hasher ?? createReplicaHasher()
    if (options.hasher === undefined) cleanUp.add(hasher.close)
    const chain = createFarmerChain({ provider, signer, account, chainId })
    await chain.refresh()
    const serving = await startServing({
      ...data,
      ...pick(options, 'redeem', 'inspection', 'watchEveryMs', 'idleTimeoutMs'),
      accountKey: options.accountKey,
      host,
      chain,
      signer,
      account,
      hasher,
      capacityBytes,
      logger,
      terms: {
        node,
        priceWeiPerGBDay: options.priceWeiPerGBDay ?? DEFAULT_FARMER_PRICE_WEI,
        minTermSeconds: MIN_REPLICA_TERM_SECONDS,
        maxTermSeconds: MAX_REPLICA_TERM_SECONDS,
        maxOfferSeconds: MAX_OFFER_SECONDS,
      },
    })
    cleanUp.add(serving.stop)
    const presence = keepPresent({
      ...{ host, dht, chain: signingChain, account, accountKey: options.accountKey, nodeKey },
      now: () => BigInt(Math.floor(Date.now() / 1_000)),
      logger,
    })
    cleanUp.add(async () => presence.stop())
    logger.info('farmer serves', { account, node, peerId, addresses: host.addresses() })
    return {
      account,
      node,
      peerId,
      addresses: () => host.addresses(),
      status: serving.status,
      checkChain: serving.checkChain,
      redeem: serving.redeem,
      stop: cleanUp.run,
    }
  } catch (error) {
    await cleanUp.run()
    throw error
  }
}

const profileOf = (chainId: bigint): HostOptions['profile'] & {} =>
  [NETWORKS.mainnet, NETWORKS.testnet].some((network) => network.chainId === chainId)
    ? 'public'
    : 'loopback'

async function readSigningChain(provider: JsonRpcApiProvider): Promise<SigningChain> {
  const [network, genesis] = await read(() =>
    Promise.all([provider.getNetwork(), provider.getBlock(0)]),
  )
  return { chainId: network.chainId, genesisHash: hexToBytes(genesis!.hash! as `0x${string}`) }
}

async function chooseNodeKey({ nodeKey, dataDirectory }: FarmerOptions): Promise<Uint8Array> {
  if (nodeKey !== undefined) return nodeKey
  return dataDirectory === undefined
    ? createNodeKey()
    : await loadNodeKey(join(dataDirectory, 'node.key'))
}

/** The named options that are set. */
const pick = <Options extends object, Name extends keyof Options>(
  options: Options,
  ...names: Name[]
): { [Key in Name]?: NonNullable<Options[Key]> } =>
  Object.fromEntries(
    names.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]),
  ) as { [Key in Name]?: NonNullable<Options[Key]> }
