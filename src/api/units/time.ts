const MAX_DATE_SECONDS = 8_640_000_000_000n

/** A moment in Unix seconds as date and time of day, UTC; the number itself where no calendar reaches. */
export function formatTime(seconds: bigint): string {
  if (seconds > MAX_DATE_SECONDS) return `second ${seconds}`
  return `${new Date(Number(seconds) * 1_000).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}
