import { existsSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')

/** The folder of material beside the project: official fixtures and tools. */
export const sharedFolder = (): string => process.env.GENARO_SHARED ?? join(ROOT, '../shared')

/**
 * Options for a test that needs something of the shared folder: skipped with the reason where it is
 * absent. With CI=true a missing one is an error, so that a build machine cannot pass by skipping.
 */
export function needsShared(...parts: string[]): { skip: string | false } {
  const path = join(sharedFolder(), ...parts)
  if (existsSync(path)) return { skip: false }
  const reason = `${path} is not there; set GENARO_SHARED to the folder that holds ${parts.join('/')}`
  if (process.env.CI === 'true') throw new Error(reason)
  return { skip: reason }
}
