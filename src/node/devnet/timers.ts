/** Where a devnet's waiting comes from: real time, or one that a test moves on. */
export interface Timers {
  /** Milliseconds since any fixed point; never goes back. */
  now(): number
  /** Does work once after so many milliseconds; returns how to keep it from being done. */
  after(milliseconds: number, work: () => void): () => void
}

export const systemTimers: Timers = {
  now: () => performance.now(),
  after(milliseconds, work) {
    const timer = setTimeout(work, milliseconds)
    return () => clearTimeout(timer)
  },
}
