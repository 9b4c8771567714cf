import { CommanderError } from 'commander'
import { CLIError, EXIT_OK, EXIT_USAGE, exitCodeOf, reportFailure } from './failure.ts'
import { createProgram } from './program.ts'

/** Runs one command line and returns the exit code: 0 done, 1 failed, 2 not understood. */
export async function runCLI(args: readonly string[]): Promise<number> {
  const json = args.includes('--json')
  try {
    await createProgram({ json }).parseAsync(args, { from: 'user' })
    return EXIT_OK
  } catch (error) {
    if (error instanceof CommanderError) {
      // Commander has said what it had to say; help and version come here with exit code 0.
      if (error.exitCode === 0) return EXIT_OK
      if (json) reportFailure(misunderstood(error), { json })
      return EXIT_USAGE
    }
    reportFailure(error, { json })
    return exitCodeOf(error)
  }
}

const misunderstood = ({ message }: CommanderError): CLIError =>
  new CLIError('BAD_COMMAND', {
    message: message.replace(/^error: /, ''),
    hint: 'See --help.',
  })
