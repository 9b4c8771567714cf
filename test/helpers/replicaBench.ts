import { type Address, bytesToHex } from '@ethereumjs/util'
import { Wallet } from 'ethers'
import { createDevnetFarmers } from '../../src/protocol/devnetFarmers.ts'
import { DAY_SECONDS, GB } from '../../src/protocol/params.ts'
import {
  type ReplicaOffer,
  replicaIdOf,
  signReplicaOffer,
} from '../../src/protocol/replicaContract.ts'
import {
  ALICE,
  type CallOptions,
  type ContractBench,
  type Outcome,
  succeeded,
} from './contractBench.ts'
import { bucketIdOf, MarketBench } from './marketBench.ts'

/** The devnet's farmers, whose nodes 0 to 5 stand in genesis. */
export const FARMERS = createDevnetFarmers().map(({ node, address, privateKey }) => ({
  node,
  address,
  wallet: new Wallet(bytesToHex(privateKey)),
}))

export const BUCKET = bucketIdOf(ALICE, 1)
export const FILE = `0x${'f1'.repeat(32)}`
export const LEAF_BYTES = 1_024n
export const TERM_SECONDS = 30n * DAY_SECONDS

const word = (value: number): string => `0x${value.toString(16).padStart(64, '0')}`

/** Alice's bucket of 1 GB for 30 days, and farmers to hold her replicas. */
export class ReplicaBench {
  readonly market: MarketBench
  readonly bench: ContractBench
  private salts = 0

  private constructor(market: MarketBench) {
    this.market = market
    this.bench = market.bench
  }

  static async create(): Promise<ReplicaBench> {
    const bench = new ReplicaBench(await MarketBench.create())
    await bench.market.bought()
    return bench
  }

  /** An offer of node 0 for 1,000 leaves at 1,000 gwei that runs as long as the bucket, each with a salt of its own. */
  offer(terms: Partial<ReplicaOffer> = {}): ReplicaOffer {
    const leafCount = terms.leafCount ?? 1_000n
    this.salts++
    return {
      bucketId: BUCKET,
      fileId: FILE,
      shardIndex: 0n,
      node: 0n,
      root: word(0xabc),
      leafCount,
      sizeBytes: leafCount * LEAF_BYTES,
      priceWei: 10n ** 12n,
      endTime: this.bench.genesis.timestamp + TERM_SECONDS,
      salt: word(this.salts),
      expiry: this.bench.time + 600n,
      ...terms,
    }
  }

  /** The signature of the farmer who owns the offer's node, or of another. */
  sign(offer: ReplicaOffer, farmer = Number(offer.node)): Promise<string> {
    return signReplicaOffer(FARMERS[farmer]!.wallet, this.bench.genesis.chainId, offer)
  }

  async register(offers: readonly ReplicaOffer[], options: CallOptions = {}): Promise<Outcome> {
    const signatures = await Promise.all(offers.map((offer) => this.sign(offer)))
    return this.registerSigned(offers, signatures, options)
  }

  registerSigned(
    offers: readonly ReplicaOffer[],
    signatures: readonly string[],
    options: CallOptions = {},
  ): Promise<Outcome> {
    return this.bench.call('Replicas', 'register', [offers, signatures], options)
  }

  /** Registers one replica, which has to succeed, and gives its id. */
  async registered(terms: Partial<ReplicaOffer> = {}, options: CallOptions = {}): Promise<string> {
    const offer = this.offer(terms)
    succeeded(await this.register([offer], options))
    return replicaIdOf(offer)
  }

  release(ids: readonly string[], options: CallOptions = {}): Promise<Outcome> {
    return this.bench.call('Replicas', 'release', [ids], options)
  }

  /** As the farmer of node 0 unless told otherwise. */
  collect(ids: readonly string[], from: Address = FARMERS[0]!.address): Promise<Outcome> {
    return this.bench.call('Replicas', 'collect', [ids], { from })
  }

  view(method: string, ...args: unknown[]): Promise<unknown> {
    return this.bench.view('Replicas', method, ...args)
  }

  /** What a node holds: bytes, and how many replicas. */
  async nodeUse(node: bigint): Promise<[usedBytes: bigint, replicaCount: bigint]> {
    const fields = (await this.bench.view('Nodes', 'nodeOf', node)) as bigint[]
    return [fields[5]!, fields[6]!]
  }

  async reserved(): Promise<bigint> {
    return (await this.market.view('reservedWei')) as bigint
  }

  async escrow(id: string = BUCKET): Promise<bigint> {
    return (await this.market.bucketOf(id)).escrowWei as bigint
  }

  async usedBytes(id: string = BUCKET): Promise<bigint> {
    return (await this.market.bucketOf(id)).usedBytes as bigint
  }
}

/** Bytes of replicas that fit into Alice's bucket. */
export const LIMIT_BYTES = 2n * GB
