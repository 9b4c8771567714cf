import { DevnetError } from './errors.ts'

const LONGEST_INTERVAL_SECONDS = 86_400
/** Shorter intervals would leave the process no time for anything but empty blocks. */
const SHORTEST_INTERVAL_SECONDS = 0.01

/** Refuses an interval between blocks that no timer keeps; 0 means none. Throws `DevnetError` BAD_OPTION. */
export function requireInterval(seconds: number): void {
  const isPossible =
    seconds === 0 || (seconds >= SHORTEST_INTERVAL_SECONDS && seconds <= LONGEST_INTERVAL_SECONDS)
  if (isPossible) return
  throw new DevnetError('BAD_OPTION', {
    message: `A block every ${seconds} seconds is not possible`,
    hint: `Choose a time between ${SHORTEST_INTERVAL_SECONDS} and ${LONGEST_INTERVAL_SECONDS} seconds, or 0 for none.`,
  })
}
