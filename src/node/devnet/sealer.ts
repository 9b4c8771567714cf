import type { BlockPlan, Chain, ExecutedBlock, TransactionSource } from '../../chain/chain.ts'
import { decodeHeaderExtra } from '../../protocol/header.ts'
import { createMutex } from '../../util/mutex.ts'
import type { TransactionPool } from '../pool/pool.ts'
import type { ValidatorKeys } from '../validatorKeys.ts'
import type { DevnetClock } from './devnetClock.ts'

export interface SealerOptions {
  chain: Chain
  pool: TransactionPool
  clock: DevnetClock
  keys: ValidatorKeys
}

/** Makes the devnet's blocks, one at a time. */
export interface Sealer {
  /**
   * Seals one block with the waiting transactions that fit, even if there are none. What `before` does (set the
   * block's time, say) happens while no other block can be made.
   */
  sealBlock(before?: () => Promise<unknown>): Promise<void>
  /** Seals blocks until no waiting transaction can be included. */
  sealWaiting(): Promise<void>
  /** Runs work while no block is being made. */
  pause<Result>(work: () => Promise<Result>): Promise<Result>
  /** The plan of the block that would be sealed next. */
  nextPlan(): BlockPlan
}

export function createSealer({ chain, pool, clock, keys }: SealerOptions): Sealer {
  const mutex = createMutex()

  const nextPlan = (): BlockPlan => {
    const parent = chain.head
    const slot = decodeHeaderExtra(parent.header.extraData).slot + 1n
    return {
      parent,
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

  const build = async (plan: BlockPlan): Promise<ExecutedBlock> =>
    chain.build(plan, pool.source(plan.parent.header.calcNextBaseFee()))

  return {
    nextPlan,
    sealBlock: (before) =>
      mutex.run(async () => {
        await before?.()
        const plan = nextPlan()
        await commit(await build(plan), plan.reveal)
      }),
    sealWaiting: () =>
      mutex.run(async () => {
        while (pool.pendingCount > 0) {
          const plan = nextPlan()
          const source = pool.source(plan.parent.header.calcNextBaseFee())
          const first = source.next(plan.parent.header.gasLimit)
          // Transactions that pay less than the base fee wait; a block without any helps nobody.
          if (first === undefined) return
          const executed = await chain.build(plan, beginningWith(first, source))
          if (executed.block.transactions.length > 0) await commit(executed, plan.reveal)
        }
      }),
    pause: (work) => mutex.run(work),
  }
}

/** A source that gives again the transaction already taken from it. */
function beginningWith(
  first: NonNullable<ReturnType<TransactionSource['next']>>,
  rest: TransactionSource,
): TransactionSource {
  let taken: typeof first | undefined = first
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
