import { setImmediate } from 'node:timers/promises'
import { type Block, createBlock } from '@ethereumjs/block'
import { planHeader } from '../chain/consensus/header.ts'
import { openChain } from '../chain/openChain.ts'
import { asNetworkTransaction } from '../protocol/networkTransaction.ts'
import { type Clock, systemClock } from '../util/clock.ts'
import { createMemoryStore } from '../util/keyValueStore.ts'
import { openLevelStore } from '../util/levelStore.ts'
import { type Logger, silentLogger } from '../util/logger.ts'
import { createDevnetAccounts } from './devnet/accounts.ts'
import { type AnswerGrace, createAnswerGrace } from './devnet/answerGrace.ts'
import { createDevnetClock } from './devnet/devnetClock.ts'
import { DevnetError } from './devnet/errors.ts'
import { DEFAULT_ACCOUNTS, devnetGenesis, devnetNetwork } from './devnet/genesis.ts'
import { createHeartbeat } from './devnet/heartbeat.ts'
import { requireInterval } from './devnet/interval.ts'
import { createMining } from './devnet/mining.ts'
import { createSealer } from './devnet/sealer.ts'
import { createSnapshots } from './devnet/snapshots.ts'
import { systemTimers, type Timers } from './devnet/timers.ts'
import { createDevnetValidatorKeys } from './devnet/validator.ts'
import type { ChainNode, DevnetControl } from './node.ts'
import { createTransactionPool } from './pool/createTransactionPool.ts'

export interface DevnetOptions {
  /** Where the chain is kept; in memory when absent. */
  dataDirectory?: string
  chainId?: bigint
  /** Slots between two inspections of a farmer; 10 by default, and at least. */
  periodSlots?: bigint
  /** How many accounts of the well-known mnemonic are funded; ten by default. */
  accounts?: number
  /** Seals a block every so many seconds instead of one per transaction. */
  slotSeconds?: number
  /**
   * How long an open challenge holds back the block that ends its time; 5 s by default, 0 for not at all. It is 1.5 s
   * at most for a farmer that let its last one pass.
   */
  answerGraceSeconds?: number
  clientVersion?: string
  /** Multiaddrs with peer ids of the farmers that run beside it; asked for each time. */
  storagePeers?: () => readonly string[]
  logger?: Logger
  clock?: Clock
  timers?: Timers
}

/** Tools for development nodes refuse to move time unless the name begins as one they know. */
const DEFAULT_CLIENT_VERSION = 'anvil/compat genaro/0.1.0'
/** Under load a farmer may take three: it looks twice a second, and asks the chain several things. */
const ANSWER_GRACE_SECONDS = 5
const SILENT_GRACE_SECONDS = 1.5
const MAX_BLOCKS_AT_ONCE = 100_000

/** Starts a development network in this process: one validator that seals as transactions arrive. */
export async function createDevnet(options: DevnetOptions = {}): Promise<ChainNode> {
  const { logger = silentLogger, clock: systemTime = systemClock, timers = systemTimers } = options
  const network = devnetNetwork(options)
  requireInterval(options.slotSeconds ?? 0)
  const accounts = createDevnetAccounts(options.accounts ?? DEFAULT_ACCOUNTS)
  const genesis = devnetGenesis(network, accounts)
  const store =
    options.dataDirectory === undefined
      ? createMemoryStore()
      : await openLevelStore(options.dataDirectory)
  const chain = await openChain({ network, genesis, store }).catch(async (error) => {
    await store.close()
    throw error
  })
  const pool = createTransactionPool({
    chain,
    acceptUnprotected: true,
    pendingHeader: () => pendingBlock().header,
    logger,
  })
  chain.onHead((change) => pool.onHeadChange(change))
  const clock = createDevnetClock(chain, systemTime)
  const keys = createDevnetValidatorKeys(network, chain.genesis.hash())
  const graceSeconds = options.answerGraceSeconds ?? ANSWER_GRACE_SECONDS
  const grace = createAnswerGrace({
    ...{ chain, timers, isAnswered: pool.lane.isAnswered, onAnswer: pool.onAdded },
    milliseconds: graceSeconds * 1_000,
    silentMilliseconds: Math.min(graceSeconds, SILENT_GRACE_SECONDS) * 1_000,
  })
  const sealer = createSealer({ chain, pool, clock, keys, grace })
  const pendingBlock = (): Block =>
    createBlock({ header: planHeader(sealer.nextPlan()) }, { common: chain.common })
  const snapshots = createSnapshots(chain, pool, clock)
  const mining = createMining(sealer, logger)
  const heartbeat = createHeartbeat({ chain, sealer, mining, timers, logger })
  if (options.slotSeconds !== undefined) {
    mining.setAutomine(false)
    mining.setIntervalSeconds(options.slotSeconds)
  }

  const devnet: DevnetControl = {
    accounts,
    get automine() {
      return mining.automine
    },
    setAutomine(on) {
      mining.setAutomine(on)
      heartbeat.update()
    },
    setIntervalSeconds(seconds) {
      mining.setIntervalSeconds(seconds)
      heartbeat.update()
    },
    get heartbeatSeconds() {
      return heartbeat.seconds
    },
    setHeartbeatSeconds: heartbeat.setSeconds,
    async mine({ blocks = 1, timestamp, intervalSeconds } = {}) {
      requireBlockCount(blocks)
      for (let i = 0; i < blocks; i++) {
        await sealer.sealBlock(async () => {
          const spaced =
            intervalSeconds && i > 0 ? chain.head.header.timestamp + intervalSeconds : undefined
          const time = i === 0 ? timestamp : spaced
          if (time !== undefined) await clock.setNext(time)
        })
        // Sealing alone gives nobody else a turn.
        await setImmediate()
      }
    },
    increaseTime: (seconds) => sealer.pause(() => clock.increase(seconds)),
    setNextBlockTimestamp: (timestamp) => sealer.pause(() => clock.setNext(timestamp)),
    snapshot: () => sealer.pause(async () => snapshots.take()),
    revert: (id) => sealer.pause(() => snapshots.revert(id)),
  }

  return {
    chain,
    pool,
    logger,
    clientVersion: options.clientVersion ?? DEFAULT_CLIENT_VERSION,
    devnet,
    async submit(transaction) {
      await pool.add(transaction)
      // Answers wait for the next beat: a block for each would make the chain's time outrun the clock.
      const waits = heartbeat.isBeating && asNetworkTransaction(transaction) !== undefined
      if (mining.automine && !waits) await unlessHeldBack(grace, sealer.sealWaiting())
      return transaction.hash()
    },
    pendingBlock,
    storagePeers: options.storagePeers ?? (() => []),
    async close() {
      mining.setIntervalSeconds(0)
      heartbeat.close()
      grace.close()
      await sealer.pause(() => chain.close())
    },
  }
}

/**
 * Waits for sealing, but not while it waits for a farmer itself: that farmer's requests may stand in one batch with the
 * one that is answered here, and then each would wait for the other.
 */
const unlessHeldBack = (grace: AnswerGrace, sealing: Promise<void>): Promise<void> =>
  new Promise((resolve, reject) => {
    const stop = grace.onHeldBack(resolve)
    sealing.then(resolve, reject).finally(stop)
  })

function requireBlockCount(blocks: number): void {
  if (Number.isInteger(blocks) && blocks >= 0 && blocks <= MAX_BLOCKS_AT_ONCE) return
  throw new DevnetError('TOO_MANY_BLOCKS', {
    message: `${blocks} blocks cannot be mined at once`,
    hint: `Ask for at most ${MAX_BLOCKS_AT_ONCE} at a time.`,
  })
}
