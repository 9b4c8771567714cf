import type { Block } from '@ethereumjs/block'
import type { Chain, HeadChange } from '../../../chain/chain.ts'
import {
  asNetworkTransaction,
  type NetworkTransaction,
} from '../../../protocol/networkTransaction.ts'
import { readChallengeEvents } from '../../challengeEvents.ts'
import { isAnchored } from './checks.ts'
import type { LaneContents } from './contents.ts'
import { createLaneEntry } from './entry.ts'

/**
 * Moves the lane over a change of the head: what only undone blocks held waits again, what is included, settled or
 * too old is gone.
 */
export function followHead(
  { removed, added }: HeadChange,
  contents: LaneContents,
  chain: Chain,
): void {
  for (const block of removed) for (const answer of answersIn(block)) takeBack(answer, contents)
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

function takeBack(answer: NetworkTransaction, contents: LaneContents): void {
  const entry = createLaneEntry(answer)
  if (contents.atPlace(entry.placeKey) === undefined) contents.put(entry)
}

/** The challenges that ended in a block, by an answer or without one. */
const settledIn = (block: Block, chain: Chain): bigint[] =>
  readChallengeEvents(chain, block)
    .filter(({ type }) => type !== 'opened')
    .map(({ id }) => id)
