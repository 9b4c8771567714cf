import { bytesToHex, equalsBytes } from '@ethereumjs/util'
import type { Chain } from '../../../chain/chain.ts'
import type { NetworkTransaction } from '../../../protocol/networkTransaction.ts'
import { PoolError } from '../errors.ts'
import type { PoolLimits } from '../limits.ts'
import type { LaneContents } from './contents.ts'
import type { LaneEntry } from './entry.ts'

/** How many blocks back an answer's anchor may be, counted from the block that takes the answer (SPEC 5). */
const ANCHOR_DEPTH = 4n

/** Refuses what nobody sends, and what was signed for another chain. */
export function checkEnvelope(transaction: NetworkTransaction, { common }: Chain): void {
  const { isDerived, kind, chainId } = transaction
  if (isDerived) {
    throw new PoolError('DERIVED_KIND', {
      message: `transactions of kind ${kind} (${transaction.special.name}) are not sent`,
      hint: 'Every node makes them by itself at the end of a block.',
      facts: { kind },
    })
  }
  const expected = common.chainId()
  if (chainId === expected) return
  throw new PoolError('WRONG_CHAIN_ID', {
    message: `invalid chain id for signer: have ${chainId} want ${expected}`,
    hint: `Sign for chain id ${expected}.`,
    facts: { actual: chainId, expected },
  })
}

/** Whether the next block could take an answer with this anchor: a canonical block, not too far back. */
export function isAnchored({ anchorNumber, anchorHash }: LaneEntry, chain: Chain): boolean {
  const { number } = chain.head.header
  if (anchorNumber > number || anchorNumber + ANCHOR_DEPTH < number + 1n) return false
  const hash = chain.blockByNumber(anchorNumber)?.hash()
  return hash !== undefined && equalsBytes(hash, anchorHash)
}

/** Refuses an answer that is bound to a block the next one does not accept. */
export function checkAnchor(entry: LaneEntry, chain: Chain): void {
  if (isAnchored(entry, chain)) return
  const { anchorNumber, anchorHash } = entry
  const { number: head } = chain.head.header
  throw new PoolError('STALE_ANCHOR', {
    message: `stale anchor: block ${anchorNumber} with hash ${bytesToHex(anchorHash)} is not one of the last ${ANCHOR_DEPTH} of this chain, whose head is block ${head}`,
    hint: 'Bind the answer to the newest block and sign it again.',
    facts: { anchorNumber, head },
  })
}

/** Refuses what waits already, and what is no newer than what waits in its place. */
export function checkPlace(entry: LaneEntry, contents: LaneContents, limits: PoolLimits): void {
  if (contents.byHash(entry.hashKey) !== undefined) {
    throw new PoolError('ALREADY_KNOWN', {
      message: 'already known: this answer is waiting for a block',
      hint: 'It needs no sending again; wait for its receipt.',
    })
  }
  const waiting = contents.atPlace(entry.placeKey)
  if (waiting !== undefined) checkNewer(entry, waiting)
  if (hasRoom(entry, contents, limits)) return
  throw new PoolError('LANE_FULL', {
    message: `the lane of answers is full: ${contents.count} wait with ${contents.sizeBytes} bytes`,
    hint: 'Send the answer again after the next block.',
    facts: { waiting: contents.count, sizeBytes: contents.sizeBytes },
  })
}

/** Whether the lane's limits let an entry in, in place of the one at its place if there is any. */
export function hasRoom(entry: LaneEntry, contents: LaneContents, limits: PoolLimits): boolean {
  const waiting = contents.atPlace(entry.placeKey)
  const count = contents.count + (waiting === undefined ? 1 : 0)
  const sizeBytes = contents.sizeBytes + entry.sizeBytes - (waiting?.sizeBytes ?? 0)
  return count <= limits.laneTransactions && sizeBytes <= limits.laneSizeBytes
}

function checkNewer(entry: LaneEntry, waiting: LaneEntry): void {
  if (entry.anchorNumber > waiting.anchorNumber) return
  throw new PoolError('ANSWER_PENDING', {
    message: `already pending: an answer to challenge ${entry.challengeId} with anchor ${waiting.anchorNumber} waits for a block`,
    hint: 'Wait for its receipt, or send one with a newer anchor.',
    facts: { challengeId: entry.challengeId, anchorNumber: waiting.anchorNumber },
  })
}
