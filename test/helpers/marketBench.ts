import type { Address } from '@ethereumjs/util'
import { hexToBytes, type PrefixedHexString } from '@ethereumjs/util'
import { encodeBucketId } from '../../src/protocol/bucketId.ts'
import { DAY_SECONDS, GB, GENESIS_PARAMS, GNX } from '../../src/protocol/params.ts'
import { type CallOptions, ContractBench, type Outcome, succeeded } from './contractBench.ts'

/** A purchase of space; what is left out is 1 GB for 30 days with one backup, under tag 1. */
export interface Purchase {
  number?: number
  sizeBytes?: bigint
  termSeconds?: bigint
  backups?: number
  cleanUp?: number
}

const tagOf = (number: number): PrefixedHexString => `0x${number.toString(16).padStart(24, '0')}`

export const bucketIdOf = (owner: Address, number: number): PrefixedHexString =>
  encodeBucketId({ owner, tag: hexToBytes(tagOf(number)) })

/** What is kept of a price once the burned share is off. */
export const kept = (priceWei: bigint): bigint =>
  priceWei - (priceWei * GENESIS_PARAMS.burnShareBasisPoints) / 10_000n

/** What a bucket's escrow gets of the price of space: what is kept, but for what pays the bundled traffic. */
export function spaceEscrow(byteSeconds: bigint, backups = 1n): bigint {
  const { spacePriceWei, trafficPriceWei, bundledDownloadsPerYear } = GENESIS_PARAMS
  const price = divideUp(byteSeconds * backups * spacePriceWei, GB * DAY_SECONDS)
  const bundledBytes = (byteSeconds * bundledDownloadsPerYear) / (365n * DAY_SECONDS)
  return kept(price) - kept(divideUp(bundledBytes * trafficPriceWei, GB))
}

export const divideUp = (dividend: bigint, divisor: bigint): bigint =>
  (dividend + divisor - 1n) / divisor

/** The market on a bench; every purchase sends 1 GNX unless told otherwise. */
export class MarketBench {
  readonly bench: ContractBench

  private constructor(bench: ContractBench) {
    this.bench = bench
  }

  static async create(): Promise<MarketBench> {
    return new MarketBench(await ContractBench.create())
  }

  buy(purchase: Purchase = {}, options: CallOptions = {}): Promise<Outcome> {
    const {
      number = 1,
      sizeBytes = GB,
      termSeconds = 30n * DAY_SECONDS,
      backups = 1,
      cleanUp = 0,
    } = purchase
    const args = [tagOf(number), sizeBytes, termSeconds, backups, cleanUp]
    return this.bench.call('StorageMarket', 'buySpace', args, { value: GNX, ...options })
  }

  extend(
    id: string,
    addBytes: bigint,
    addSeconds: bigint,
    options: CallOptions = {},
  ): Promise<Outcome> {
    const args = [id, addBytes, addSeconds]
    return this.bench.call('StorageMarket', 'extendBucket', args, { value: GNX, ...options })
  }

  /** The same, where the test needs it to succeed. */
  async bought(...purchase: Parameters<MarketBench['buy']>): Promise<Outcome> {
    return succeeded(await this.buy(...purchase))
  }

  async extended(...extension: Parameters<MarketBench['extend']>): Promise<Outcome> {
    return succeeded(await this.extend(...extension))
  }

  async bucketOf(id: string) {
    const fields = (await this.view('bucketOf', id)) as unknown[]
    const [owner, sizeBytes, usedBytes, startTime, endTime, backups, escrowWei] = fields
    return { owner, sizeBytes, usedBytes, startTime, endTime, backups, escrowWei }
  }

  bucketIds(owner: Address): Promise<unknown> {
    return this.view('bucketsOf', owner, 0, 100)
  }

  credit(owner: Address): Promise<unknown> {
    return this.view('creditOf', owner)
  }

  view(method: string, ...args: unknown[]): Promise<unknown> {
    return this.bench.view('StorageMarket', method, ...args)
  }
}
