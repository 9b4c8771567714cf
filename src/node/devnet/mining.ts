import { errorMessage } from '../../util/errors.ts'
import type { Logger } from '../../util/logger.ts'
import { DevnetError } from './errors.ts'
import type { Sealer } from './sealer.ts'

/** When blocks are sealed by themselves: with each transaction, every so many seconds, or neither. */
export interface Mining {
  readonly automine: boolean
  setAutomine(on: boolean): void
  setIntervalSeconds(seconds: number): void
}

const LONGEST_INTERVAL_SECONDS = 86_400
/** Shorter intervals would leave the process no time for anything but empty blocks. */
const SHORTEST_INTERVAL_SECONDS = 0.01

/** Refuses an interval that no timer keeps; 0 means none. */
export function requireInterval(seconds: number): void {
  const isPossible =
    seconds === 0 || (seconds >= SHORTEST_INTERVAL_SECONDS && seconds <= LONGEST_INTERVAL_SECONDS)
  if (isPossible) return
  throw new DevnetError('BAD_OPTION', {
    message: `A block every ${seconds} seconds is not possible`,
    hint: `Choose a slot time between ${SHORTEST_INTERVAL_SECONDS} and ${LONGEST_INTERVAL_SECONDS} seconds, or 0 for none.`,
  })
}

export function createMining(sealer: Sealer, logger: Logger): Mining {
  let automine = true
  let timer: NodeJS.Timeout | undefined
  let isSealing = false
  const seal = async (): Promise<void> => {
    // A block that takes longer than the interval must not let a queue of blocks build up behind it.
    if (isSealing) return
    isSealing = true
    try {
      await sealer.sealBlock()
    } catch (error) {
      logger.error('could not seal a block', { error: errorMessage(error) })
    } finally {
      isSealing = false
    }
  }
  return {
    get automine() {
      return automine
    },
    setAutomine(on) {
      automine = on
    },
    setIntervalSeconds(seconds) {
      requireInterval(seconds)
      clearInterval(timer)
      timer = seconds === 0 ? undefined : setInterval(seal, seconds * 1_000)
    },
  }
}
