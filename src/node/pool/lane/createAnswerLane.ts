import type { Block } from '@ethereumjs/block'
import type { Chain } from '../../../chain/chain.ts'
import type { Logger } from '../../../util/logger.ts'
import { bytesToKey } from '../entry.ts'
import { PoolError } from '../errors.ts'
import type { PoolLimits } from '../limits.ts'
import type { AnswerLane } from './answerLane.ts'
import { checkChallenge } from './challengeGate.ts'
import { checkAnchor, checkEnvelope, checkPlace } from './checks.ts'
import { createLaneContents } from './contents.ts'
import { createLaneEntry, type LaneEntry } from './entry.ts'
import { followHead } from './headChange.ts'
import { createLaneSource } from './source.ts'
import type { AnswerTrial } from './trial.ts'
import { createTrialQueue } from './trialQueue.ts'

export interface AnswerLaneOptions {
  chain: Chain
  limits: PoolLimits
  /** Tries an answer in the next block; throws `PoolError` SPECIAL_REVERTED when the contract refuses it. */
  trial: AnswerTrial
  logger: Logger
}

/** How often an answer is tried anew because the head moved meanwhile. */
const MAX_TRIALS = 4

/** An empty lane over a chain. */
export function createAnswerLane({ chain, limits, trial, logger }: AnswerLaneOptions): AnswerLane {
  const contents = createLaneContents()

  const trials = createTrialQueue()

  /** What costs next to nothing, and keeps out all that were not asked. */
  const checkCheaply = async (entry: LaneEntry): Promise<void> => {
    checkAnchor(entry, chain)
    checkPlace(entry, contents, limits)
    trials.checkRefusals(entry, chain.head)
    await checkChallenge(entry, chain)
  }

  const tryOut = async (entry: LaneEntry, head: Block): Promise<void> => {
    try {
      await trial(entry.transaction)
    } catch (error) {
      if (error instanceof PoolError) trials.noteRefusal(entry, head, error)
      throw error
    }
  }

  /** True when the entry was taken; false when the head moved and all must be looked at again. */
  const attempt = async (entry: LaneEntry, withTrial: boolean): Promise<boolean> => {
    const { head } = chain
    await checkCheaply(entry)
    if (withTrial) {
      await tryOut(entry, head)
      if (chain.head !== head) return false
    }
    checkPlace(entry, contents, limits)
    contents.put(entry)
    return true
  }

  const add: AnswerLane['add'] = async (transaction) => {
    checkEnvelope(transaction, chain)
    const entry = createLaneEntry(transaction)
    await checkCheaply(entry)
    await trials.run(entry, async () => {
      // Whether it still passes after so many moves is seen when it is built.
      let trialsLeft = MAX_TRIALS
      while (!(await attempt(entry, trialsLeft > 0))) trialsLeft--
    })
  }

  return {
    get count() {
      return contents.count
    },
    add,
    get: (transactionHash) => contents.byHash(bytesToKey(transactionHash))?.transaction,
    isAnswered: contents.answers,
    content: () => contents.ordered().map(({ transaction }) => transaction),
    source: () =>
      createLaneSource(contents, ({ challengeId }, error) =>
        logger.debug('dropped an answer', { challengeId, reason: error.message }),
      ),
    onHeadChange: (change) => followHead(change, contents, chain, limits),
    async restore(transactions) {
      contents.clear()
      // What does not fit the head any more is left out; its farmer answers anew.
      for (const transaction of transactions) await add(transaction).catch(() => {})
    },
  }
}
