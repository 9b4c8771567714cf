import type { Block } from '@ethereumjs/block'
import type { Chain } from '../../chain/chain.ts'
import { readChallengeEvents } from '../challengeEvents.ts'

/** A challenge that waits for its answer. */
export interface OpenChallenge {
  id: bigint
  node: bigint
  /** The last slot whose block can take the answer, unless full lanes put it off. */
  deadlineSlot: bigint
}

/** What the last blocks tell of challenges and of those who have to answer them. */
export interface ChallengeRecord {
  /** By id. */
  readonly open: Map<bigint, OpenChallenge>
  /** Nodes that let their last challenge pass. */
  readonly silent: Set<bigint>
}

/** Past this many blocks a challenge is settled, on every network's terms. */
const SCANNED_BLOCKS = 64n

/** Makes the record anew from the last blocks. */
export function readChallengeRecord(chain: Chain, record: ChallengeRecord): void {
  record.open.clear()
  record.silent.clear()
  const { number: last } = chain.head.header
  const first = last > SCANNED_BLOCKS ? last - SCANNED_BLOCKS : 1n
  for (let number = first; number <= last; number++) {
    const block = chain.blockByNumber(number)
    if (block !== undefined) followChallenges(chain, block, record)
  }
}

/** Takes over what a block says. */
export function followChallenges(
  chain: Chain,
  block: Block,
  { open, silent }: ChallengeRecord,
): void {
  for (const event of readChallengeEvents(chain, block)) {
    if (event.type === 'opened') open.set(event.id, event)
    else open.delete(event.id)
    if (event.type === 'passed') silent.delete(event.node)
    if (event.type === 'struck') silent.add(event.node)
  }
}
