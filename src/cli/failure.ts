import { errorMessage, GenaroError } from '../util/errors.ts'
import { toJSON } from './output.ts'

export const EXIT_OK = 0
export const EXIT_FAILED = 1
export const EXIT_USAGE = 2

/** Errors that say the command line itself was wrong. */
const USAGE_CODES: ReadonlySet<string> = new Set([
  'BAD_AMOUNT',
  'BAD_SIZE',
  'BAD_TERM',
  'BAD_TAG',
  'BAD_ADDRESS',
  'BAD_BUCKET_ID',
  'BAD_KEY',
  'BAD_URL',
  'BAD_FLAG',
  'BAD_ID',
])

export type CLIErrorCode =
  | 'BAD_FLAG'
  | 'BAD_COMMAND'
  | 'PORT_IN_USE'
  | 'CANNOT_LISTEN'
  | 'NOT_RUNNING'

/** What can go wrong in the command line's own part. */
export class CLIError extends GenaroError<CLIErrorCode> {}

export const exitCodeOf = (error: unknown): number =>
  error instanceof GenaroError && USAGE_CODES.has(error.code) ? EXIT_USAGE : EXIT_FAILED

/**
 * Says on stderr what went wrong and what to do about it: two lines for people, one JSON object for
 * machines. The stack is shown for errors nobody foresaw, since they are ours to mend.
 */
export function reportFailure(error: unknown, { json }: { json: boolean }): void {
  process.stderr.write(json ? failureJSON(error) : failureText(error))
}

function failureText(error: unknown): string {
  if (!(error instanceof GenaroError)) {
    return `error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`
  }
  return `error: ${error.message}\n${error.hint === undefined ? '' : `hint: ${error.hint}\n`}`
}

function failureJSON(error: unknown): string {
  const { code, hint, facts } =
    error instanceof GenaroError ? error : { code: 'UNEXPECTED', hint: undefined, facts: {} }
  return `${toJSON({ error: { code, message: errorMessage(error), hint, facts } })}\n`
}
