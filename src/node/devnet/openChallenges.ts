import type { Block } from '@ethereumjs/block'
import type { Chain } from '../../chain/chain.ts'
import { readChallengeEvents } from '../challengeEvents.ts'

/** A challenge that waits for its answer. */
export interface OpenChallenge {
  id: bigint
  /** The last slot whose block can take the answer, unless full lanes put it off. */
  deadlineSlot: bigint
}

/** Past this many blocks a challenge is settled, on every network's terms. */
const SCANNED_BLOCKS = 64n

/** The challenges that the last blocks opened and none of them settled. */
export function findOpenChallenges(chain: Chain): OpenChallenge[] {
  const { number: last } = chain.head.header
  const open = new Map<bigint, OpenChallenge>()
  const first = last > SCANNED_BLOCKS ? last - SCANNED_BLOCKS : 1n
  for (let number = first; number <= last; number++) {
    const block = chain.blockByNumber(number)
    if (block !== undefined) followChallenges(chain, block, open)
  }
  return [...open.values()]
}

/** Adds the challenges a block opened, and takes out those that ended in it. */
export function followChallenges(
  chain: Chain,
  block: Block,
  open: Map<bigint, OpenChallenge>,
): void {
  for (const event of readChallengeEvents(chain, block)) {
    if (event.type === 'opened') open.set(event.id, event)
    else open.delete(event.id)
  }
}
