import { type JsonRpcApiProvider, type Signer, ZeroAddress } from 'ethers'
import { collectReplicas } from '../../api/actions/collectReplicas.ts'
import { collectReward } from '../../api/actions/collectReward.ts'
import { getBucket } from '../../api/actions/getBucket.ts'
import { getReplica, type Replica } from '../../api/actions/getReplica.ts'
import { redeemTraffic } from '../../api/actions/redeemTraffic.ts'
import { releaseReplicas } from '../../api/actions/releaseReplicas.ts'
import { type BondHolder, bondContracts, withdrawBonds } from '../../api/actions/withdrawBonds.ts'
import { withdrawCredit } from '../../api/actions/withdrawCredit.ts'
import {
  heftContract,
  paramsContract,
  replicasContract,
  storageMarketContract,
} from '../../api/contracts.ts'
import { ApiError } from '../../api/errors.ts'
import { read } from '../../api/send.ts'
import type { SignedTrafficReceipt } from '../../protocol/receipts.ts'
import { MAX_REPLICA_BATCH } from '../../protocol/replicaContract.ts'
import { createMutex } from '../../util/mutex.ts'

/** What a farmer asks the chain, and does there. Everything throws `ApiError`. */
export interface FarmerChain {
  readonly chainId: bigint
  readonly provider: JsonRpcApiProvider
  /** Now: the head's time or this machine's, whichever is later. Head times are looked up at each new block. */
  now(): bigint
  /** Looks at the head. */
  refresh(): Promise<ChainHead>
  /** Undefined when there is no such bucket. */
  bucket(id: string): Promise<BucketStanding | undefined>
  /** Traffic an account has left, in bytes. */
  trafficOf(account: string): Promise<bigint>
  trafficPriceWei(): Promise<bigint>
  /** Bytes the chain has redeemed to us on a channel. */
  redeemedBytes(buyer: string, channel: bigint): Promise<bigint>
  /** Undefined when it was never registered, or released. */
  replica(id: string): Promise<Replica | undefined>
  /** Returns what was paid, in wei. */
  redeem(receipt: SignedTrafficReceipt): Promise<{ amountWei: bigint; redeemedBytes: bigint }>
  /** Takes what ended replicas earned, and ends them on chain. Returns what was paid, in wei. */
  settle(ids: readonly string[]): Promise<bigint>
  /** Takes what replicas have earned so far. Returns what was paid, in wei. */
  collect(ids: readonly string[]): Promise<bigint>
  /** What replicas earned that their owners released, and no other way pays out, in wei. */
  creditWei(): Promise<bigint>
  /** Takes the credit. Returns what was paid, in wei. */
  withdrawCredit(): Promise<bigint>
  /** What our heft has brought and can be taken now, in wei. */
  rewardWei(): Promise<bigint>
  /** Takes the reward. Returns what was paid, in wei. */
  collectReward(): Promise<bigint>
  /** Bonds won by answering challengers, in wei. */
  bondsWei(holder: BondHolder): Promise<bigint>
  /** Takes the bonds. Returns what was paid, in wei. */
  withdrawBonds(holder: BondHolder): Promise<bigint>
  gasPriceWei(): Promise<bigint>
  /** Sends as our account what no other method does, when nothing else is being sent. */
  transact<Result>(send: (signer: Signer) => Promise<Result>): Promise<Result>
}

export interface ChainHead {
  number: number
  hash: string
}

/** A bucket as an offer is judged by it. */
export interface BucketStanding {
  owner: string
  /** The zero address for nobody. */
  steward: string
  /** Unix seconds. */
  endTime: bigint
  escrowWei: bigint
  /** Bytes of replicas it may still have. */
  freeBytes: bigint
}

export interface FarmerChainOptions {
  provider: JsonRpcApiProvider
  signer: Signer
  account: string
  chainId: bigint
}

export function createFarmerChain({
  provider,
  signer,
  account,
  chainId,
}: FarmerChainOptions): FarmerChain {
  const market = storageMarketContract(provider)
  const replicas = replicasContract(provider)
  // One transaction at a time: two at once would be given the same nonce.
  const sending = createMutex()
  let headTime = 0n

  return {
    chainId,
    provider,
    now: () => maxOf(headTime, BigInt(Math.floor(Date.now() / 1_000))),
    async refresh() {
      const block = await read(() => provider.getBlock('latest'))
      headTime = BigInt(block!.timestamp)
      return { number: block!.number, hash: block!.hash! }
    },
    bucket: (id) =>
      orUndefined(async () => {
        const [bucket, steward, limitBytes] = await Promise.all([
          getBucket(provider, { id }),
          read(() => replicas.stewardOf(id)),
          read(() => market.replicaLimitOf(id)),
        ])
        const { owner, endTime, escrowWei, usedBytes } = bucket
        return { owner, steward, endTime, escrowWei, freeBytes: maxOf(0n, limitBytes - usedBytes) }
      }),
    trafficOf: (buyer) => read(() => market.trafficOf(buyer)),
    trafficPriceWei: () => read(() => paramsContract(provider).trafficPriceWei()),
    redeemedBytes: (buyer, channel) =>
      read(() => market.redeemedTrafficOf(buyer, account, channel)),
    replica: (id) => orUndefined(() => getReplica(provider, { id })),
    redeem: (receipt) => sending.run(() => redeemTraffic(signer, { receipt })),
    settle: (ids) =>
      sending.run(async () => {
        let amountWei = 0n
        for (let start = 0; start < ids.length; start += MAX_REPLICA_BATCH) {
          const batch = ids.slice(start, start + MAX_REPLICA_BATCH)
          amountWei += await collectAll(signer, batch)
          await releaseReplicas(signer, { ids: batch })
        }
        return amountWei
      }),
    collect: (ids) =>
      sending.run(async () => {
        let amountWei = 0n
        for (let start = 0; start < ids.length; start += MAX_REPLICA_BATCH) {
          amountWei += await collectAll(signer, ids.slice(start, start + MAX_REPLICA_BATCH))
        }
        return amountWei
      }),
    creditWei: () => read(() => market.creditOf(account)),
    withdrawCredit: () => sending.run(async () => (await withdrawCredit(signer)).amountWei),
    rewardWei: async () => (await read(() => heftContract(provider).rewardOf(account)))[0],
    collectReward: () => sending.run(async () => (await collectReward(signer)).amountWei),
    bondsWei: (holder) => read(() => bondContracts[holder](provider).creditOf(account)),
    withdrawBonds: (holder) =>
      sending.run(async () => (await withdrawBonds(signer, { holder })).amountWei),
    gasPriceWei: async () => BigInt(await read(() => provider.send('eth_gasPrice', []))),
    transact: (send) => sending.run(() => send(signer)),
  }
}

/** Nothing is earned when all was collected before; releasing goes on then. */
async function collectAll(signer: Signer, ids: readonly string[]): Promise<bigint> {
  try {
    return (await collectReplicas(signer, { ids })).amountWei
  } catch (error) {
    if (isRevert(error)) return 0n
    throw error
  }
}

/** The chain's contracts revert for what does not exist. */
async function orUndefined<Result>(ask: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await ask()
  } catch (error) {
    if (isRevert(error) || (error instanceof ApiError && error.code === 'NO_SUCH_BUCKET')) {
      return undefined
    }
    throw error
  }
}

const isRevert = (error: unknown): boolean =>
  error instanceof ApiError && error.code === 'CALL_REVERTED'

/** Whether an account is one by whom replicas of the bucket may be registered. */
export const isManager = ({ owner, steward }: BucketStanding, account: string): boolean =>
  [owner, steward].some(
    (manager) => manager !== ZeroAddress && manager.toLowerCase() === account.toLowerCase(),
  )

const maxOf = (left: bigint, right: bigint): bigint => (left > right ? left : right)
