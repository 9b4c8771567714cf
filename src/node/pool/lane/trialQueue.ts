import type { Block } from '@ethereumjs/block'
import { createMutex } from '../../../util/mutex.ts'
import { PoolError } from '../errors.ts'
import type { LaneEntry } from './entry.ts'

/** Trials of answers, which cost their sender nothing: one at a time, and each refused one once. */
export interface TrialQueue {
  /** Throws as a trial of the same signer's answer to the same challenge did on this head. */
  checkRefusals(entry: LaneEntry, head: Block): void
  /**
   * Runs work on an entry when its turn comes. Throws `PoolError` ANSWER_PENDING while work on an entry of the same place
   * goes on, LANE_FULL when too many wait for their turn.
   */
  run(entry: LaneEntry, work: () => Promise<void>): Promise<void>
  /** Keeps why an entry was refused on a head; what was refused on another is forgotten. */
  noteRefusal(entry: LaneEntry, head: Block, error: PoolError): void
}

/** More farmers than are asked in a few blocks. */
const MAX_WAITING = 64

export function createTrialQueue(): TrialQueue {
  const mutex = createMutex()
  const places = new Set<string>()
  const refusals = new Map<string, PoolError>()
  let refusalsHead: Block | undefined

  return {
    checkRefusals({ placeKey }, head) {
      const refusal = head === refusalsHead ? refusals.get(placeKey) : undefined
      if (refusal !== undefined) throw refusal
    },
    async run(entry, work) {
      const { placeKey } = entry
      if (places.has(placeKey)) throw inTrial(entry)
      if (places.size >= MAX_WAITING) throw tooMany()
      places.add(placeKey)
      try {
        await mutex.run(work)
      } finally {
        places.delete(placeKey)
      }
    },
    noteRefusal({ placeKey }, head, error) {
      if (head !== refusalsHead) refusals.clear()
      refusalsHead = head
      refusals.set(placeKey, error)
    },
  }
}

const inTrial = ({ challengeId }: LaneEntry): PoolError =>
  new PoolError('ANSWER_PENDING', {
    message: `already pending: an answer to challenge ${challengeId} is being tried`,
    hint: 'Wait for what comes of it.',
    facts: { challengeId },
  })

const tooMany = (): PoolError =>
  new PoolError('LANE_FULL', {
    message: `the lane of answers is full: ${MAX_WAITING} wait to be tried`,
    hint: 'Send the answer again in a moment.',
    facts: { waiting: MAX_WAITING },
  })
