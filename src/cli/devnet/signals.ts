const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/**
 * npm hands on a Ctrl-C that the terminal has already sent to the whole group, so one key press arrives twice. A
 * second signal counts only after this time.
 */
const ECHO_MILLISECONDS = 500

const EXIT_FORCED = 130

/** Resolves with the first signal that asks to end. A later one ends the process at once, exit code 130. */
export function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    let firstAt: number | undefined
    const onSignal = (): void => {
      if (firstAt === undefined) {
        firstAt = performance.now()
        resolve()
      } else if (performance.now() - firstAt > ECHO_MILLISECONDS) {
        process.exit(EXIT_FORCED)
      }
    }
    for (const signal of SIGNALS) process.on(signal, onSignal)
  })
}
