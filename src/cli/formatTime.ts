/** A chain time in seconds as people read it, in UTC: `2026-03-01 12:00:00 UTC`. */
export function formatTime(seconds: bigint): string {
  const date = new Date(Number(seconds) * 1000)
  if (Number.isNaN(date.getTime())) return `${seconds} s`
  return `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`
}
