import { errorMessage } from '../../../util/errors.ts'
import type { Logger } from '../../../util/logger.ts'
import { createMutex } from '../../../util/mutex.ts'

/** Work that is done again and again, never twice at a time. */
export interface Loop {
  /** Does it now. Throws what it throws. */
  run(): Promise<void>
  /** Ends it, once what runs is done. */
  stop(): Promise<void>
}

export interface LoopOptions {
  work(): Promise<void>
  everyMs: number
  /** Completes the sentence that something does not go on. */
  name: string
  logger: Logger
}

/** Starts a loop; its first round comes after `everyMs`. A round that fails is logged once until one succeeds. */
export function startLoop({ work, everyMs, name, logger }: LoopOptions): Loop {
  const working = createMutex()
  let isFailing = false
  let waiting = 0
  const round = async (): Promise<void> => {
    // A slow round is followed by one more, not by as many as it made late.
    if (waiting > 0) return
    waiting++
    try {
      await working.run(async () => {
        waiting--
        await work()
      })
      isFailing = false
    } catch (error) {
      if (!isFailing) logger.warn(`${name} waits`, { reason: errorMessage(error) })
      isFailing = true
    }
  }
  const timer = setInterval(() => void round(), everyMs)
  timer.unref()
  return {
    run: () => working.run(work),
    async stop() {
      clearInterval(timer)
      await working.run(async () => {})
    },
  }
}
