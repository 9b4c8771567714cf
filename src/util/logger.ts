export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

export type LogFacts = Record<string, unknown>

/** Says facts: `info` is for the operator, `debug` for developers. Never keys, never file names. */
export interface Logger {
  debug(event: string, facts?: LogFacts): void
  info(event: string, facts?: LogFacts): void
  warn(event: string, facts?: LogFacts): void
  error(event: string, facts?: LogFacts): void
}

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']

const factToText = (value: unknown): string =>
  value instanceof Error
    ? value.message
    : typeof value === 'string'
      ? value
      : typeof value === 'bigint'
        ? value.toString()
        : (JSON.stringify(value) ?? 'undefined')

/** One line per event on `write` (standard error by default), from `level` up. */
export function createLogger(
  level: LogLevel = 'info',
  write: (line: string) => void = (line) => process.stderr.write(`${line}\n`),
): Logger {
  const from = LEVELS.indexOf(level)
  const at =
    (name: LogLevel) =>
    (event: string, facts: LogFacts = {}): void => {
      if (LEVELS.indexOf(name) < from) return
      const details = Object.entries(facts).map(([key, value]) => ` ${key}=${factToText(value)}`)
      write(`${new Date().toISOString()} ${name.padEnd(5)} ${event}${details.join('')}`)
    }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

export const silentLogger: Logger = createLogger('error', () => {})
