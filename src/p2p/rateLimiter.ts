/** Says how much each peer may ask for: a token bucket per key. */
export interface RateLimiter {
  /** Takes `tokens` (1 by default) of a key's allowance; false, and nothing taken, when too few are left. */
  take(key: string, tokens?: number): boolean
}

export interface RateLimiterOptions {
  /** Tokens that come back per second. */
  perSecond: number
  /** The most tokens that can be saved up, and so the largest single burst. */
  burst: number
  /** Keys remembered; the one used longest ago is forgotten first. */
  maxKeys?: number
  /** Milliseconds of a clock that only goes forward. */
  now?: () => number
}

interface Allowance {
  tokens: number
  updatedAt: number
}

const DEFAULT_MAX_KEYS = 4_096

export function createRateLimiter({
  perSecond,
  burst,
  maxKeys = DEFAULT_MAX_KEYS,
  now = () => performance.now(),
}: RateLimiterOptions): RateLimiter {
  const allowances = new Map<string, Allowance>()

  const refilled = (key: string, time: number): number => {
    const allowance = allowances.get(key)
    if (allowance === undefined) return burst
    const gained = ((time - allowance.updatedAt) / 1_000) * perSecond
    return Math.min(burst, allowance.tokens + gained)
  }

  const remember = (key: string, allowance: Allowance): void => {
    // Setting anew moves the key to the end, so that the first key is the one used longest ago.
    allowances.delete(key)
    allowances.set(key, allowance)
    if (allowances.size <= maxKeys) return
    const [oldest] = allowances.keys()
    if (oldest !== undefined) allowances.delete(oldest)
  }

  return {
    take(key, tokens = 1) {
      const time = now()
      const left = refilled(key, time)
      const allowed = left >= tokens
      remember(key, { tokens: allowed ? left - tokens : left, updatedAt: time })
      return allowed
    },
  }
}
