import type { Logger } from '../../../util/logger.ts'
import type { ChainHead } from '../chain.ts'
import type { InspectionChain, OutcomeEvent } from './inspectionChain.ts'
import type { InspectionCounts } from './inspectionCounts.ts'

/** What became of our node's challenges, as the chain's events tell it. */
export interface OutcomeHistory {
  /** The newest outcomes, newest first. */
  readonly recent: readonly OutcomeEvent[]
  /** True once the node was discharged. */
  readonly isDischarged: boolean
  /** Follows the chain to a block, and says whether there is anything new. Throws `ApiError`. */
  follow(head: ChainHead): Promise<boolean>
}

export interface OutcomeHistoryOptions {
  chain: Pick<InspectionChain, 'outcomes' | 'isCanonical' | 'isDischarged'>
  counts: Pick<InspectionCounts, 'passed' | 'struck'>
  /** Whether an answer to a challenge had left. */
  wasAnswered(challengeId: bigint): boolean
  logger: Logger
}

/** Outcomes that are kept for whoever asks. */
const KEPT_OUTCOMES = 24

/** Blocks that are looked through for outcomes before the start. */
const LOOK_BACK_BLOCKS = 50_000

export function createOutcomeHistory(options: OutcomeHistoryOptions): OutcomeHistory {
  const { chain, counts, wasAnswered, logger } = options
  let recent: OutcomeEvent[] = []
  let seen: ChainHead | undefined
  let isDischarged = false

  const tell = (outcome: OutcomeEvent): void => {
    const { challengeId, blockNumber } = outcome
    if (outcome.kind === 'passed') {
      counts.passed()
      logger.info('inspection passed', { challengeId, blockNumber })
    } else if (outcome.kind === 'struck') {
      const hasAnswered = wasAnswered(challengeId)
      counts.struck(hasAnswered)
      const { strikes } = outcome
      logger.error('inspection failed', { challengeId, blockNumber, strikes, hasAnswered })
    } else setDischarged(true)
  }

  /** After a start, a rewind or a branch. */
  const beginAgain = async (head: ChainHead): Promise<boolean> => {
    const from = Math.max(0, head.number - LOOK_BACK_BLOCKS)
    const outcomes = await chain.outcomes(from, head.number)
    recent = outcomes.reverse().slice(0, KEPT_OUTCOMES)
    setDischarged(await chain.isDischarged())
    return true
  }

  /** Undefined when the chain does not continue from there. */
  const goOn = async (
    from: ChainHead | undefined,
    head: ChainHead,
  ): Promise<boolean | undefined> => {
    if (from === undefined || from.number >= head.number) return undefined
    const [continues, outcomes] = await Promise.all([
      chain.isCanonical(from),
      chain.outcomes(from.number + 1, head.number),
    ])
    if (!continues) return undefined
    for (const outcome of outcomes) tell(outcome)
    recent = [...outcomes.reverse(), ...recent].slice(0, KEPT_OUTCOMES)
    return outcomes.length > 0
  }

  const setDischarged = (value: boolean): void => {
    if (value && !isDischarged) logger.error(DISCHARGED)
    isDischarged = value
  }

  return {
    get recent() {
      return recent
    },
    get isDischarged() {
      return isDischarged
    },
    async follow(head) {
      if (seen?.hash === head.hash) return false
      const hasNews = (await goOn(seen, head)) ?? (await beginAgain(head))
      seen = head
      return hasNews
    },
  }
}

const DISCHARGED =
  'the chain discharged this node for failed inspections: stake is slashed, no more replicas are taken'
