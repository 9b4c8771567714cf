import type { Block } from '@ethereumjs/block'
import type { Chain } from '../chain/chain.ts'
import { readSystemEvents } from './systemState.ts'

/** What a block did to a challenge. */
export type ChallengeEvent =
  | { type: 'opened'; id: bigint; deadlineSlot: bigint }
  /** Answered, failed, or ended without an outcome. */
  | { type: 'ended'; id: bigint }

const ENDS = ['Passed', 'Struck', 'ChallengeVoided']

/** What a block's logs say of challenges, in their order. */
export const readChallengeEvents = (chain: Chain, block: Block): ChallengeEvent[] =>
  readSystemEvents(chain, block, 'Inspections').flatMap(({ name, args }): ChallengeEvent[] => {
    const { challengeId: id, deadlineSlot } = args
    if (name === 'ChallengeOpened') return [{ type: 'opened', id, deadlineSlot }]
    return ENDS.includes(name) ? [{ type: 'ended', id }] : []
  })
