import type { Chain } from '../../chain/chain.ts'
import { findOpenChallenges, followChallenges, type OpenChallenge } from './openChallenges.ts'
import type { Timers } from './timers.ts'

/**
 * A devnet's slots pass as fast as transactions come, so a burst of blocks could run over a farmer's deadline before it
 * was able to answer. This holds the sealer back. It is the sealer's own manners, no rule of the chain.
 */
export interface AnswerGrace {
  /**
   * Resolves when a block at `slot` may be sealed: every challenge whose time ends with it has its answer waiting, or
   * was given its time.
   */
  wait(slot: bigint): Promise<void>
  /** Ends the waiting, now and later. */
  close(): void
}

export interface AnswerGraceOptions {
  chain: Chain
  /** Whether an answer to the challenge waits for a block. */
  isAnswered: (challengeId: bigint) => boolean
  /** Calls back when an answer came; returns how to stop. */
  onAnswer: (listener: () => void) => () => void
  timers: Timers
  /** How long after it was opened a challenge is waited for; 0 never waits. */
  milliseconds: number
}

/** Starts to follow the chain's challenges. */
export function createAnswerGrace(options: AnswerGraceOptions): AnswerGrace {
  const { chain, isAnswered, onAnswer, timers, milliseconds } = options
  const open = new Map<bigint, OpenChallenge>()
  /** When this node first saw each open challenge. */
  const seenAt = new Map<bigint, number>()
  let isClosed = false
  let wake = (): void => {}

  const noteTimes = (): void => {
    for (const id of open.keys()) if (!seenAt.has(id)) seenAt.set(id, timers.now())
    for (const id of seenAt.keys()) if (!open.has(id)) seenAt.delete(id)
  }
  const readAnew = (): void => {
    open.clear()
    for (const challenge of findOpenChallenges(chain)) open.set(challenge.id, challenge)
    noteTimes()
  }
  const stops = [
    chain.onHead(({ removed, added }) => {
      if (removed.length > 0) readAnew()
      else for (const block of added) followChallenges(chain, block, open)
      noteTimes()
    }),
    onAnswer(() => wake()),
  ]
  readAnew()

  /** How many milliseconds are left to those that a block at `slot` is the last one for. */
  const left = (slot: bigint): number => {
    let longest = 0
    for (const { id, deadlineSlot } of open.values()) {
      const remaining = seenAt.get(id)! + milliseconds - timers.now()
      // Nobody waits for it any more, whatever becomes of it.
      if (remaining <= 0) open.delete(id)
      else if (deadlineSlot <= slot && !isAnswered(id)) longest = Math.max(longest, remaining)
    }
    return longest
  }

  return {
    async wait(slot) {
      for (let remaining = left(slot); remaining > 0 && !isClosed; remaining = left(slot)) {
        await new Promise<void>((resolve) => {
          const cancel = timers.after(remaining, resolve)
          wake = () => {
            cancel()
            resolve()
          }
        })
      }
    },
    close() {
      isClosed = true
      for (const stop of stops) stop()
      wake()
    },
  }
}
