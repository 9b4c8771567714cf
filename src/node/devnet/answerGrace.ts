import type { Chain } from '../../chain/chain.ts'
import { type ChallengeRecord, followChallenges, readChallengeRecord } from './openChallenges.ts'
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
  /** Calls back when a block begins to be held back, at once while one is; returns how to stop. */
  onHeldBack(listener: () => void): () => void
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
  /** The same for a node that let its last challenge pass, and is likely not to be there. */
  silentMilliseconds: number
}

/** Starts to follow the chain's challenges. */
export function createAnswerGrace(options: AnswerGraceOptions): AnswerGrace {
  const { chain, isAnswered, onAnswer, timers, milliseconds, silentMilliseconds } = options
  const record: ChallengeRecord = { open: new Map(), silent: new Set() }
  const { open, silent } = record
  /** When this node first saw each open challenge. */
  const seenAt = new Map<bigint, number>()
  const listeners = new Set<() => void>()
  let isHeldBack = false
  let isClosed = false
  let wake = (): void => {}

  const noteTimes = (): void => {
    for (const id of open.keys()) if (!seenAt.has(id)) seenAt.set(id, timers.now())
    for (const id of seenAt.keys()) if (!open.has(id)) seenAt.delete(id)
  }
  const readAnew = (): void => {
    readChallengeRecord(chain, record)
    noteTimes()
  }
  const stops = [
    chain.onHead(({ removed, added }) => {
      if (removed.length > 0) readAnew()
      else for (const block of added) followChallenges(chain, block, record)
      noteTimes()
    }),
    onAnswer(() => wake()),
  ]
  readAnew()

  /** How many milliseconds are left to those that a block at `slot` is the last one for. */
  const left = (slot: bigint): number => {
    let longest = 0
    for (const { id, node, deadlineSlot } of open.values()) {
      const patience = silent.has(node) ? silentMilliseconds : milliseconds
      const remaining = seenAt.get(id)! + patience - timers.now()
      // Nobody waits for it any more, whatever becomes of it.
      if (remaining <= 0) open.delete(id)
      else if (deadlineSlot <= slot && !isAnswered(id)) longest = Math.max(longest, remaining)
    }
    return longest
  }

  return {
    async wait(slot) {
      for (let remaining = left(slot); remaining > 0 && !isClosed; remaining = left(slot)) {
        isHeldBack = true
        for (const listener of listeners) listener()
        await new Promise<void>((resolve) => {
          const cancel = timers.after(remaining, resolve)
          wake = () => {
            cancel()
            resolve()
          }
        })
      }
      isHeldBack = false
    },
    onHeldBack(listener) {
      listeners.add(listener)
      if (isHeldBack) listener()
      return () => listeners.delete(listener)
    },
    close() {
      isClosed = true
      for (const stop of stops) stop()
      wake()
    },
  }
}
