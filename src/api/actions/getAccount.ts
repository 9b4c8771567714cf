import type { Provider } from 'ethers'
import {
  heftContract,
  nodesContract,
  stakingContract,
  storageMarketContract,
} from '../contracts.ts'
import { read } from '../send.ts'
import { getUnbonding, type Unbonding } from './getUnbonding.ts'

/** All the chain knows of an account. */
export interface Account {
  address: string
  balanceWei: bigint
  /** Transactions the account has sent. */
  nonce: number
  stakeWei: bigint
  /** Stake that being a candidate and farmer nodes hold fast. */
  lockedStakeWei: bigint
  isCandidate: boolean
  /** Who receives its rewards. */
  payee: string
  unbonding: Unbonding[]
  heft: bigint
  /** What it may still download. */
  trafficBytes: bigint
  /** What `withdrawCredit` would pay it. */
  creditWei: bigint
  bucketCount: bigint
  nodeCount: bigint
}

/** Reads an account. Throws `ApiError`. */
export async function getAccount(
  provider: Provider,
  { address }: { address: string },
): Promise<Account> {
  const staking = stakingContract(provider)
  const market = storageMarketContract(provider)
  const [chain, stake, storage, unbonding] = await Promise.all([
    read(() => Promise.all([provider.getBalance(address), provider.getTransactionCount(address)])),
    read(() =>
      Promise.all([
        staking.stakeOf(address),
        staking.lockedStakeOf(address),
        staking.isCandidate(address),
        staking.payeeOf(address),
      ]),
    ),
    read(() =>
      Promise.all([
        heftContract(provider).heftOf(address),
        market.trafficOf(address),
        market.creditOf(address),
        market.bucketCountOf(address),
        nodesContract(provider).activeNodeCountOf(address),
      ]),
    ),
    getUnbonding(provider, { account: address }),
  ])
  const [balanceWei, nonce] = chain
  const [stakeWei, lockedStakeWei, isCandidate, payee] = stake
  const [heft, trafficBytes, creditWei, bucketCount, nodeCount] = storage
  return {
    address,
    balanceWei,
    nonce,
    stakeWei,
    lockedStakeWei,
    isCandidate,
    payee,
    unbonding,
    heft,
    trafficBytes,
    creditWei,
    bucketCount,
    nodeCount,
  }
}
