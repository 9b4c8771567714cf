import type { Block } from '@ethereumjs/block'
import type { Chain } from '../chain/chain.ts'
import { readSystemEvents } from './systemState.ts'

/** What a block did to a challenge. */
export type ChallengeEvent =
  | { type: 'opened'; id: bigint; node: bigint; deadlineSlot: bigint }
  /** Answered, failed, or ended without an outcome. */
  | { type: 'passed' | 'struck' | 'voided'; id: bigint; node: bigint }

const ENDS = { Passed: 'passed', Struck: 'struck', ChallengeVoided: 'voided' } as const

/** What a block's logs say of challenges, in their order. */
export const readChallengeEvents = (chain: Chain, block: Block): ChallengeEvent[] =>
  readSystemEvents(chain, block, 'Inspections').flatMap(({ name, args }): ChallengeEvent[] => {
    const { challengeId: id, node, deadlineSlot } = args
    if (name === 'ChallengeOpened') return [{ type: 'opened', id, node, deadlineSlot }]
    return name in ENDS ? [{ type: ENDS[name as keyof typeof ENDS], id, node }] : []
  })
