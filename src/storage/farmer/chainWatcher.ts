import { toBeHex } from 'ethers'
import { listReplicasOfNode } from '../../api/actions/listReplicasOfNode.ts'
import { replicasContract } from '../../api/contracts.ts'
import { read } from '../../api/send.ts'
import { errorMessage } from '../../util/errors.ts'
import type { Logger } from '../../util/logger.ts'
import { createMutex } from '../../util/mutex.ts'
import type { ChainHead, FarmerChain } from './chain.ts'
import { createEarnings } from './earnings.ts'
import type { Inspector } from './inspection/startInspector.ts'
import type { FarmerMetrics } from './metrics.ts'
import type { ReplicaStore } from './replicaStore.ts'
import { sweep } from './sweep.ts'

export interface ChainWatcherOptions {
  chain: FarmerChain
  store: ReplicaStore
  /** Our node's index. */
  node: bigint
  metrics: FarmerMetrics
  inspector: Pick<Inspector, 'follow' | 'isNeeded' | 'mayEarnMore'>
  logger: Logger
  /** Milliseconds between two looks at the head; 1 s by default. */
  everyMs?: number
}

/** Keeps the states of the replicas as the chain has them, takes what they earn, and removes what is over. */
export interface ChainWatcher {
  /** Looks at the chain now. Throws `ApiError` when it cannot. */
  check(): Promise<void>
  stop(): Promise<void>
}

const DEFAULT_EVERY_MS = 1_000

/** The time moves without blocks too. */
const SWEEP_EVERY_MS = 10_000

/** Compares everything with the chain, and follows it from there. */
export async function startChainWatcher(options: ChainWatcherOptions): Promise<ChainWatcher> {
  const { chain, store, node, inspector, logger, everyMs = DEFAULT_EVERY_MS } = options
  const { provider } = chain
  const contract = replicasContract(provider)
  const checking = createMutex()
  const earnings = createEarnings(options)
  let seen: ChainHead | undefined
  let sweptAt = Number.NEGATIVE_INFINITY

  /** After a start, a rewind or a branch: what was registered and is no longer goes back a step, and waits. */
  const compareAll = async (): Promise<void> => {
    const onChain = new Set((await listReplicasOfNode(provider, { node })).map(({ id }) => id))
    const records = [...store.list()]
    const found = records.filter(
      ({ id, state }) => (state === 'acknowledged' || state === 'ended') && onChain.has(id),
    )
    const lost = records.filter(({ id, state }) => state === 'registered' && !onChain.has(id))
    await store.setState(idsOf(found), 'registered')
    await store.setState(idsOf(lost), 'acknowledged')
    if (lost.length > 0) logger.warn('replicas not on chain any more', { count: lost.length })
  }

  const followLogs = async (from: number, to: number): Promise<void> => {
    const events = ['ReplicaRegistered', 'ReplicaReleased'].map(
      (name) => contract.interface.getEvent(name)!.topicHash,
    )
    const topics = [events, null, null, toBeHex(node, 32)]
    const address = await contract.getAddress()
    const logs = await read(() =>
      provider.getLogs({ address, topics, fromBlock: from, toBlock: to }),
    )
    for (const log of logs) {
      const { name, args } = contract.interface.parseLog(log)!
      const id = String(args.id)
      if (name === 'ReplicaRegistered') await store.setState([id], 'registered')
      else await store.setState([id], 'ended')
    }
  }

  const isOnBranch = async (head: ChainHead): Promise<boolean> => {
    if (seen === undefined || head.number < seen.number) return false
    if (head.number === seen.number) return head.hash === seen.hash
    const { number, hash } = seen
    return (await read(() => provider.getBlock(number)))?.hash === hash
  }

  const check = (): Promise<void> =>
    checking.run(async () => {
      const head = await chain.refresh()
      const isNew = head.hash !== seen?.hash
      if (isNew) {
        if (await isOnBranch(head)) await followLogs(seen!.number + 1, head.number)
        else await compareAll()
        seen = head
      }
      if (isNew || performance.now() - sweptAt > SWEEP_EVERY_MS) {
        // What was joined before it was released has to be known as joined before anything is removed.
        await inspector.follow(await chain.refresh())
        await sweep(options)
        await earnings.take()
        sweptAt = performance.now()
      }
    })

  await check()
  let isAway = false
  const timer = setInterval(async () => {
    try {
      await check()
      if (isAway) logger.info('the chain answers again')
      isAway = false
    } catch (error) {
      if (!isAway) logger.warn('the chain does not answer', { reason: errorMessage(error) })
      isAway = true
    }
  }, everyMs)
  timer.unref()
  return {
    check,
    async stop() {
      clearInterval(timer)
      await checking.run(async () => {})
    },
  }
}

const idsOf = (records: readonly { id: string }[]): string[] => records.map(({ id }) => id)
