import type { Timers } from '../../../src/node/devnet/timers.ts'

/** Time that passes only when a test says so. */
export interface FakeTimers extends Timers {
  /** How many pieces of work wait. */
  readonly waiting: number
  /** Lets milliseconds pass and does what falls due in them, in order. */
  advance(milliseconds: number): void
}

export function createFakeTimers(): FakeTimers {
  let time = 0
  const waiting = new Set<{ at: number; work: () => void }>()
  const nextDue = (end: number) =>
    [...waiting].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
  return {
    get waiting() {
      return waiting.size
    },
    now: () => time,
    after(milliseconds, work) {
      const item = { at: time + milliseconds, work }
      waiting.add(item)
      return () => waiting.delete(item)
    },
    advance(milliseconds) {
      const end = time + milliseconds
      for (let due = nextDue(end); due !== undefined; due = nextDue(end)) {
        waiting.delete(due)
        time = due.at
        due.work()
      }
      time = end
    },
  }
}
