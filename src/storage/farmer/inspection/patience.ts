/** When, and with how much at once, to try again what the chain may refuse. */
export interface Patience {
  /** How much may be tried at once. */
  readonly limit: number
  /** Whether it is time. */
  isReady(): boolean
  succeeded(): void
  /** After a refusal less is tried at once, since one bad part spoils the whole; after any failure, later. */
  failed(isRefused: boolean): void
}

export interface PatienceOptions {
  limit: number
  firstRetryMs?: number
  lastRetryMs?: number
  /** Milliseconds by a clock that never goes back. */
  clock?: () => number
}

/** A transaction that reverts costs gas, so what fails again and again is tried ever more rarely. */
export function createPatience({
  limit: fullLimit,
  firstRetryMs = 1_000,
  lastRetryMs = 300_000,
  clock = () => performance.now(),
}: PatienceOptions): Patience {
  let limit = fullLimit
  let failures = 0
  let readyAt = Number.NEGATIVE_INFINITY
  return {
    get limit() {
      return limit
    },
    isReady: () => clock() >= readyAt,
    succeeded() {
      failures = 0
      limit = Math.min(fullLimit, limit * 2)
    },
    failed(isRefused) {
      readyAt = clock() + Math.min(lastRetryMs, firstRetryMs * 2 ** failures)
      failures++
      if (isRefused) limit = Math.max(1, limit >> 1)
    },
  }
}
