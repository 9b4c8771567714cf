import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CLIError } from '../failure.ts'

/** How to ask a running farmer, as it stands in its data directory. */
export interface ControlFile {
  url: string
  pid: number
}

const pathIn = (directory: string): string => join(directory, 'running.json')

/** Says in the data directory where this farmer answers; whole or not at all. */
export async function writeControlFile(directory: string, url: string): Promise<void> {
  const path = pathIn(directory)
  const control: ControlFile = { url, pid: process.pid }
  await writeFile(`${path}.new`, `${JSON.stringify(control)}\n`)
  await rename(`${path}.new`, path)
}

export const removeControlFile = (directory: string): Promise<void> =>
  rm(pathIn(directory), { force: true })

/** Throws `CLIError` `NOT_RUNNING` when no farmer runs there. */
export async function readControlFile(directory: string): Promise<ControlFile> {
  try {
    const { url, pid } = JSON.parse(await readFile(pathIn(directory), 'utf8')) as ControlFile
    if (typeof url === 'string' && typeof pid === 'number') return { url, pid }
  } catch {
    // Missing, or half of it: no farmer of ours wrote that.
  }
  throw notRunning(directory)
}

export const notRunning = (directory: string): CLIError =>
  new CLIError('NOT_RUNNING', {
    message: `No farmer runs on the data directory ${directory}`,
    hint: 'Start it with `genaro farmer`, or name its directory with --data-dir.',
    facts: { directory },
  })
