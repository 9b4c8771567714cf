import type { Block } from '@ethereumjs/block'
import type { TypedTransaction } from '@ethereumjs/tx'
import type { BlockPlan, Chain, ExecutedBlock, TransactionSource } from '../../chain/chain.ts'
import { decodeHeaderExtra } from '../../protocol/header.ts'
import { asNetworkTransaction } from '../../protocol/networkTransaction.ts'
import { createMutex } from '../../util/mutex.ts'
import type { TransactionPool } from '../pool/pool.ts'
import type { ValidatorKeys } from '../validatorKeys.ts'
import type { AnswerGrace } from './answerGrace.ts'
import type { DevnetClock } from './devnetClock.ts'

export interface SealerOptions {
  chain: Chain
  pool: TransactionPool
  clock: DevnetClock
  keys: ValidatorKeys
  /** Waited for before each block. */
  grace: AnswerGrace
}

/** Makes the devnet's blocks, one at a time. */
export interface Sealer {
  /**
   * Seals one block with the waiting transactions that fit, even if there are none. What `before` does (set the
   * block's time, say) happens while no other block can be made.
   */
  sealBlock(before?: () => Promise<unknown>): Promise<void>
  /** Seals one block, but none if `head` is no longer the head by then. */
  sealBlockAfter(head: Block): Promise<void>
  /** Seals blocks until no waiting transaction can be included. */
  sealWaiting(): Promise<void>
  /** Runs work while no block is being made. */
  pause<Result>(work: () => Promise<Result>): Promise<Result>
  /** The plan of the block that would be sealed next. */
  nextPlan(): BlockPlan
}

export function createSealer({ chain, pool, clock, keys, grace }: SealerOptions): Sealer {
  const mutex = createMutex()

  const nextSlot = (): bigint => decodeHeaderExtra(chain.head.header.extraData).slot + 1n

  const nextPlan = (): BlockPlan => {
    const slot = nextSlot()
    return {
      parent: chain.head,
      slot,
      timestamp: clock.nextBlockTime(),
      coinbase: keys.address,
      reveal: keys.reveal(slot),
    }
  }

  const commit = async (executed: ExecutedBlock, reveal: Uint8Array): Promise<void> => {
    const seal = { signature: keys.sealBlock(executed.block.hash()), reveal }
    await chain.commit(executed, seal)
    clock.blockMade()
  }

  const build = (
    plan: BlockPlan,
    source = pool.source(plan.parent.header.calcNextBaseFee()),
  ): Promise<ExecutedBlock> => chain.build(plan, source, pool.lane.source())

  const sealOne = async (before?: () => Promise<unknown>): Promise<void> => {
    await grace.wait(nextSlot())
    await before?.()
    const plan = nextPlan()
    await commit(await build(plan), plan.reveal)
  }

  return {
    nextPlan,
    sealBlock: (before) => mutex.run(() => sealOne(before)),
    sealBlockAfter: (head) =>
      mutex.run(async () => {
        if (chain.head === head) await sealOne()
      }),
    sealWaiting: () =>
      mutex.run(async () => {
        while (pool.pendingCount + pool.lane.count > 0) {
          await grace.wait(nextSlot())
          const plan = nextPlan()
          const source = pool.source(plan.parent.header.calcNextBaseFee())
          const first = source.next(plan.parent.header.gasLimit)
          // Transactions that pay less than the base fee wait; a block without any helps nobody.
          if (first === undefined && pool.lane.count === 0) return
          const executed = await build(plan, beginningWith(first, source))
          if (executed.block.transactions.some(isSent)) await commit(executed, plan.reveal)
        }
      }),
    pause: (work) => mutex.run(work),
  }
}

/** Whether somebody sent it; else every node makes it by itself. */
const isSent = (transaction: TypedTransaction): boolean =>
  !asNetworkTransaction(transaction)?.isDerived

/** A source that gives again the transaction already taken from it, if there was one. */
function beginningWith(
  first: ReturnType<TransactionSource['next']>,
  rest: TransactionSource,
): TransactionSource {
  let taken = first
  return {
    next(gasLeft) {
      if (taken === undefined) return rest.next(gasLeft)
      const transaction = taken
      taken = undefined
      return transaction
    },
    reject: (transaction, error) => rest.reject(transaction, error),
  }
}
