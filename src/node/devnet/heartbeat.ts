import type { Chain } from '../../chain/chain.ts'
import { errorMessage } from '../../util/errors.ts'
import type { Logger } from '../../util/logger.ts'
import { requireInterval } from './interval.ts'
import type { Mining } from './mining.ts'
import { createReplicaWatch } from './replicaWatch.ts'
import type { Sealer } from './sealer.ts'
import type { Timers } from './timers.ts'

/**
 * Seals a block when none came by itself for some seconds, so that challenges, deadlines and epochs pass while nobody
 * sends anything (SPEC 5, devnet). It beats only from the first registered replica on, and only where blocks come as
 * transactions arrive: who mines by hand or by the interval decides alone when there is a block.
 */
export interface Heartbeat {
  /** Seconds without a block before it seals one; 0 while it is off. */
  readonly seconds: number
  /** Whether a block will come by itself. */
  readonly isBeating: boolean
  /** Throws `DevnetError` BAD_OPTION for a time that no timer keeps; 0 turns it off. */
  setSeconds(seconds: number): void
  /** Looks anew whether to beat; for whoever changes how blocks come. */
  update(): void
  close(): void
}

export interface HeartbeatOptions {
  chain: Chain
  sealer: Sealer
  mining: Mining
  timers: Timers
  logger: Logger
}

/** A heartbeat that is off until `setSeconds`. */
export function createHeartbeat(options: HeartbeatOptions): Heartbeat {
  const { chain, sealer, mining, timers, logger } = options
  let seconds = 0
  let cancel = (): void => {}

  const beat = async (): Promise<void> => {
    try {
      await sealer.sealBlockAfter(chain.head)
    } catch (error) {
      logger.error('could not seal a block', { error: errorMessage(error) })
      update()
    }
  }
  const isBeating = (): boolean =>
    seconds > 0 && watch.hasReplicas && mining.automine && mining.intervalSeconds === 0
  const update = (): void => {
    cancel()
    cancel = isBeating() ? timers.after(seconds * 1_000, beat) : () => {}
  }
  const watch = createReplicaWatch(chain, () => update(), logger)
  const stop = chain.onHead(() => update())

  return {
    get seconds() {
      return seconds
    },
    get isBeating() {
      return isBeating()
    },
    setSeconds(asked) {
      requireInterval(asked)
      seconds = asked
      update()
    },
    update,
    close() {
      seconds = 0
      cancel()
      stop()
      watch.close()
    },
  }
}
