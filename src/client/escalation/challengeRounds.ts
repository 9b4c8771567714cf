import type { Replica } from '../../api/actions/getReplica.ts'
import { ApiError } from '../../api/errors.ts'
import { errorMessage } from '../../util/errors.ts'

/** What became of a paid challenge of one replica. */
export interface ChallengedReplica {
  id: string
  node: bigint
  /**
   * `proven`: the farmer answered; it has the bond, or half of it. `failed`: it did not; the replica is forfeited and the bond comes
   * back. `ownerAtFault`: the commitment was false, so the bond is the farmer's. `voided`: it ended without an outcome,
   * and the bond comes back. `pending`: nothing was told in time. `refused`: the chain took no challenge.
   */
  outcome: 'proven' | 'failed' | 'ownerAtFault' | 'voided' | 'pending' | 'refused'
  /** Who has the bond; undefined as long as nobody has. */
  bondTo?: 'farmer' | 'challenger'
  /** Why there was no challenge. */
  message?: string
}

/** How a challenge went, once it was sent. */
export type Ending = Pick<ChallengedReplica, 'outcome' | 'bondTo'>

/** The chain takes so many new challenges in a block, and has so many open of one node. */
const MAX_AT_ONCE = 16
const MAX_OF_NODE = 4

/**
 * Challenges replicas, no more at once than the chain allows: `send` returns what waits for the outcome. What the chain
 * refuses is told in the result. Throws what `send` and its wait throw else.
 */
export async function challengeInRounds(
  replicas: readonly Replica[],
  send: Send,
  onOutcome: (challenged: ChallengedReplica) => void,
): Promise<ChallengedReplica[]> {
  const done: ChallengedReplica[] = []
  let waiting = [...replicas]
  while (waiting.length > 0) {
    const round = nextRound(waiting)
    waiting = waiting.filter((replica) => !round.includes(replica))
    const endings: Promise<ChallengedReplica>[] = []
    for (const replica of round) {
      const { id, node } = replica
      const ending = await sendOne(replica, send)
      const challenged = ending().then((found) => ({ id, node, ...found }))
      // Should a later one not be sent, nobody waits for it.
      challenged.catch(() => {})
      endings.push(challenged)
    }
    for (const result of await Promise.allSettled(endings)) {
      if (result.status === 'rejected') throw result.reason
      done.push(result.value)
      onOutcome(result.value)
    }
  }
  return done
}

function nextRound(waiting: readonly Replica[]): Replica[] {
  const ofNode = new Map<bigint, number>()
  const round: Replica[] = []
  for (const replica of waiting) {
    const open = ofNode.get(replica.node) ?? 0
    if (round.length === MAX_AT_ONCE || open === MAX_OF_NODE) continue
    ofNode.set(replica.node, open + 1)
    round.push(replica)
  }
  return round
}

type Send = (replica: Replica) => Promise<() => Promise<Ending>>

async function sendOne(
  replica: Replica,
  send: Send,
): Promise<() => Promise<Ending & Pick<ChallengedReplica, 'message'>>> {
  try {
    return await sendAgain(replica, send)
  } catch (error) {
    if (codeOf(error) !== 'CALL_REVERTED') throw error
    return async () => ({ outcome: 'refused', message: errorMessage(error) })
  }
}

/** Its gas was measured on a state that may have changed when it came into a block: then once more. */
async function sendAgain(replica: Replica, send: Send): ReturnType<Send> {
  try {
    return await send(replica)
  } catch (error) {
    if (codeOf(error) !== 'TRANSACTION_FAILED') throw error
    return await send(replica)
  }
}

const codeOf = (error: unknown): string | undefined =>
  error instanceof ApiError ? error.code : undefined
