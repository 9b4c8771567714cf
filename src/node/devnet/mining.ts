import { errorMessage } from '../../util/errors.ts'
import type { Logger } from '../../util/logger.ts'
import { requireInterval } from './interval.ts'
import type { Sealer } from './sealer.ts'

/** When blocks are sealed by themselves: with each transaction, every so many seconds, or neither. */
export interface Mining {
  readonly automine: boolean
  /** Seconds between blocks; 0 while no interval is kept. */
  readonly intervalSeconds: number
  setAutomine(on: boolean): void
  setIntervalSeconds(seconds: number): void
}

export function createMining(sealer: Sealer, logger: Logger): Mining {
  let automine = true
  let intervalSeconds = 0
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
    get intervalSeconds() {
      return intervalSeconds
    },
    setAutomine(on) {
      automine = on
    },
    setIntervalSeconds(seconds) {
      requireInterval(seconds)
      clearInterval(timer)
      intervalSeconds = seconds
      timer = seconds === 0 ? undefined : setInterval(seal, seconds * 1_000)
    },
  }
}
