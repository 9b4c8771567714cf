import { CommanderError } from 'commander'
import { EXIT_OK, EXIT_USAGE, exitCodeOf, reportFailure } from './failure.ts'
import { createProgram } from './program.ts'

/** Runs one command line and returns the exit code: 0 done, 1 failed, 2 not understood. */
export async function runCLI(args: readonly string[]): Promise<number> {
  try {
    await createProgram().parseAsync(args, { from: 'user' })
    return EXIT_OK
  } catch (error) {
    if (error instanceof CommanderError) {
      // Commander has said what it had to say; help and version come here with exit code 0.
      return error.exitCode === 0 ? EXIT_OK : EXIT_USAGE
    }
    reportFailure(error, { json: args.includes('--json') })
    return exitCodeOf(error)
  }
}
