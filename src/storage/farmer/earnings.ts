import { DAY_SECONDS } from '../../protocol/params.ts'
import { errorMessage } from '../../util/errors.ts'
import type { Logger } from '../../util/logger.ts'
import type { FarmerChain } from './chain.ts'
import type { FarmerMetrics } from './metrics.ts'
import type { ReplicaStore } from './replicaStore.ts'

/** Takes what a farmer earned before the terms of its replicas end. */
export interface Earnings {
  /** Takes what is worth its gas. What fails is logged and tried again later. */
  take(): Promise<void>
}

export interface EarningsOptions {
  chain: Pick<
    FarmerChain,
    | 'now'
    | 'replica'
    | 'collect'
    | 'creditWei'
    | 'withdrawCredit'
    | 'rewardWei'
    | 'collectReward'
    | 'bondsWei'
    | 'withdrawBonds'
    | 'gasPriceWei'
  >
  store: Pick<ReplicaStore, 'list'>
  metrics: Pick<FarmerMetrics, 'earned'>
  logger: Logger
}

const COLLECT_EVERY_SECONDS = DAY_SECONDS

/** Gas of a withdrawal, and of collecting from one replica, rounded up. */
const WITHDRAW_GAS = 60_000n
const COLLECT_GAS = 60_000n
const REWARD_GAS = 90_000n

/** Earnings are taken once they are so many times what the gas costs. */
const WORTH = 20n

export function createEarnings({ chain, store, metrics, logger }: EarningsOptions): Earnings {
  let lookedAt = chain.now()

  /** A released replica pays this way alone, whoever released it. */
  const takeCredit = async (): Promise<void> => {
    const creditWei = await chain.creditWei()
    if (creditWei === 0n || creditWei < WORTH * WITHDRAW_GAS * (await chain.gasPriceWei())) return
    await metrics.earned('storage', await chain.withdrawCredit())
    logger.info('withdrew what released replicas earned', { amountWei: creditWei })
  }

  const takeBonds = async (): Promise<void> => {
    const leastWei = WORTH * WITHDRAW_GAS * (await chain.gasPriceWei())
    for (const holder of ['Inspections', 'SentinelGroups'] as const) {
      if ((await chain.bondsWei(holder)) < leastWei) continue
      const amountWei = await chain.withdrawBonds(holder)
      await metrics.earned('bonds', amountWei)
      logger.info('withdrew bonds of challengers', { amountWei })
    }
  }

  const collectRunning = async (): Promise<void> => {
    if (chain.now() < lookedAt + COLLECT_EVERY_SECONDS) return
    const leastWei = WORTH * COLLECT_GAS * (await chain.gasPriceWei())
    const worthIt: string[] = []
    for (const { id, state } of [...store.list()]) {
      if (state !== 'registered') continue
      const replica = await chain.replica(id)
      if (replica && replica.earnedWei - replica.collectedWei >= leastWei) worthIt.push(id)
    }
    if (worthIt.length > 0) {
      const amountWei = await chain.collect(worthIt)
      await metrics.earned('storage', amountWei)
      logger.info('collected from replicas', { count: worthIt.length, amountWei })
    }
    await takeReward()
    await takeBonds()
    lookedAt = chain.now()
  }

  /** What is due is bounded by what the replicas have earned, so it comes after them. */
  const takeReward = async (): Promise<void> => {
    const rewardWei = await chain.rewardWei()
    if (rewardWei === 0n || rewardWei < WORTH * REWARD_GAS * (await chain.gasPriceWei())) return
    const amountWei = await chain.collectReward()
    await metrics.earned('heft', amountWei)
    logger.info('collected the reward for heft', { amountWei })
  }

  return {
    async take() {
      for (const step of [takeCredit, collectRunning]) {
        await step().catch((error) =>
          logger.warn('earnings not taken', { reason: errorMessage(error) }),
        )
      }
    },
  }
}
