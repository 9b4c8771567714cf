import { errorMessage } from '../../util/errors.ts'
import type { Logger } from '../../util/logger.ts'

/** A duty that comes round again and again. */
export interface Duty {
  name: string
  everyMs: number
  run(signal: AbortSignal): Promise<unknown>
}

/**
 * Runs each duty in its rhythm, never twice at once. The first turn comes at a random point of the interval,
 * so that the nodes of a network do not all act at the same moment.
 */
export function startUpkeep(duties: readonly Duty[], logger: Logger): { stop(): Promise<void> } {
  const stopped = new AbortController()
  const { signal } = stopped
  const running = duties.map(async ({ name, everyMs, run }) => {
    await pause(Math.random() * everyMs, signal)
    while (!signal.aborted) {
      try {
        const outcome = await run(signal)
        if (outcome) logger.debug('did DHT duty', { name, outcome })
      } catch (error) {
        if (!signal.aborted) {
          logger.warn('could not do DHT duty', { name, reason: errorMessage(error) })
        }
      }
      await pause(everyMs, signal)
    }
  })
  return {
    async stop() {
      stopped.abort()
      await Promise.all(running)
    },
  }
}

/** Ends early, without an error, when the signal aborts. Does not keep the process alive. */
const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const timer = setTimeout(done, ms)
    timer.unref()
    signal.addEventListener('abort', done, { once: true })
    function done(): void {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
  })
