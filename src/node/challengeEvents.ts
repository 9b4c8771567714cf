import type { Block } from '@ethereumjs/block'
import type { Chain } from '../chain/chain.ts'
import { readSystemEvent } from './systemState.ts'

/** What a block did to a challenge. */
export type ChallengeEvent =
  | { type: 'opened'; id: bigint; deadlineSlot: bigint }
  /** Answered, failed, or ended without an outcome. */
  | { type: 'ended'; id: bigint }

const ENDS = ['Passed', 'Struck', 'ChallengeVoided']

/** What a block's logs say of challenges, in their order. */
export const readChallengeEvents = (chain: Chain, block: Block): ChallengeEvent[] =>
  (chain.receiptsOf(block.hash()) ?? []).flatMap(({ logs }) =>
    logs.flatMap((log): ChallengeEvent[] => {
      const event = readSystemEvent('Inspections', log)
      if (event === undefined) return []
      const { challengeId: id, deadlineSlot } = event.args
      if (event.name === 'ChallengeOpened') return [{ type: 'opened', id, deadlineSlot }]
      return ENDS.includes(event.name) ? [{ type: 'ended', id }] : []
    }),
  )
