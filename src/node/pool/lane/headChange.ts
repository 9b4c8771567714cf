import type { Block } from '@ethereumjs/block'
import type { Chain, HeadChange } from '../../../chain/chain.ts'
import {
  asNetworkTransaction,
  type NetworkTransaction,
} from '../../../protocol/networkTransaction.ts'
import { readChallengeEvents } from '../../challengeEvents.ts'
import type { PoolLimits } from '../limits.ts'
import { hasRoom, isAnchored } from './checks.ts'
import type { LaneContents } from './contents.ts'
import { createLaneEntry } from './entry.ts'

/**
 * Moves the lane over a change of the head: what only undone blocks held waits again, what is included, settled or
 * too old is gone. What the limits have no room for is gone too; its farmer answers anew.
 */
export function followHead(
  { removed, added }: HeadChange,
  contents: LaneContents,
  chain: Chain,
  limits: PoolLimits,
): void {
  for (const block of removed) {
    for (const answer of answersIn(block)) takeBack(answer, contents, limits)
  }
  if (contents.count === 0) return
  const settled = new Set(added.flatMap((block) => settledIn(block, chain)))
  for (const entry of contents.ordered()) {
    if (settled.has(entry.challengeId) || !isAnchored(entry, chain)) contents.remove(entry)
  }
}

const answersIn = ({ transactions }: Block): NetworkTransaction[] =>
  transactions
    .map(asNetworkTransaction)
    .filter((transaction) => transaction !== undefined)
    .filter(({ isDerived }) => !isDerived)

function takeBack(answer: NetworkTransaction, contents: LaneContents, limits: PoolLimits): void {
  const entry = createLaneEntry(answer)
  if (contents.atPlace(entry.placeKey) !== undefined) return
  if (hasRoom(entry, contents, limits)) contents.put(entry)
}

/** The challenges that ended in a block, by an answer or without one. */
const settledIn = (block: Block, chain: Chain): bigint[] =>
  readChallengeEvents(chain, block)
    .filter(({ type }) => type !== 'opened')
    .map(({ id }) => id)
