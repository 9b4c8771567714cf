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
  /** Milliseconds between the end of a round and the next; asked for each time. */
  everyMs(): number
  /** Completes the sentence that something does not go on. */
  name: string
  logger: Logger
}

/** Starts a loop; its first round comes after `everyMs`. A round that fails is logged once until one succeeds. */
export function startLoop({ work, everyMs, name, logger }: LoopOptions): Loop {
  const working = createMutex()
  let isFailing = false
  let isStopped = false
  let timer: NodeJS.Timeout | undefined

  const round = async (): Promise<void> => {
    try {
      await working.run(work)
      isFailing = false
    } catch (error) {
      if (!isFailing) logger.warn(`${name} waits`, { reason: errorMessage(error) })
      isFailing = true
    }
    plan()
  }

  const plan = (): void => {
    if (isStopped) return
    timer = setTimeout(() => void round(), everyMs())
    timer.unref()
  }

  plan()
  return {
    run: () => working.run(work),
    async stop() {
      isStopped = true
      clearTimeout(timer)
      await working.run(async () => {})
    },
  }
}
