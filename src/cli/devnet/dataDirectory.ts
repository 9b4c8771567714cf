import { mkdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { errorMessage } from '../../util/errors.ts'
import { CLIError } from '../failure.ts'

/**
 * Makes a data directory and those above it, or throws `CLIError` BAD_FLAG. One at a time: asked to make all at
 * once, Node tries without end where the system lets nobody make any, as in /proc.
 */
export function makeDataDirectory(directory: string): void {
  try {
    makeWithParents(resolve(directory))
  } catch (cause) {
    throw new CLIError('BAD_FLAG', {
      message: `The data directory ${directory} cannot be made: ${errorMessage(cause)}`,
      hint: 'Choose a --data-dir in which you may write.',
      facts: { directory },
      cause,
    })
  }
}

function makeWithParents(directory: string): void {
  if (tryMake(directory)) return
  const parent = dirname(directory)
  if (parent !== directory) makeWithParents(parent)
  mkdirSync(directory)
}

/** Whether the directory is there now; false when the one above it seems to be missing. */
function tryMake(directory: string): boolean {
  try {
    mkdirSync(directory)
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return true
    if (code === 'ENOENT') return false
    throw error
  }
}
