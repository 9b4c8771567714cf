/** Where the time comes from. The chain has none; whoever drives it hands one in. */
export interface Clock {
  /** Seconds since the Unix epoch, rounded down. */
  nowSeconds(): bigint
}

export const systemClock: Clock = { nowSeconds: () => BigInt(Math.floor(Date.now() / 1000)) }
