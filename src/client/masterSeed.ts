import { chmod, link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { bytesToUnprefixedHex, hexToBytes } from '@ethereumjs/util'
import { createMasterSeed } from '../crypto/keys.ts'
import { errorMessage } from '../util/errors.ts'
import { ClientError } from './errors.ts'

/** Where the command line keeps the master seed unless it is told another place. */
export const defaultSeedFile = (): string => join(homedir(), '.genaro', 'seed')

export interface LoadedSeed {
  /** 32 bytes that all storage keys of the user are made from. */
  seed: Uint8Array
  /** Whether it was made just now, so that its owner must be told to back it up. */
  isNew: boolean
}

/**
 * Reads the master seed kept in a file as 64 hex digits, or makes one there that only its owner may read.
 * Throws `ClientError` `BAD_SEED` for a file that holds none or cannot be used.
 */
export async function loadMasterSeed(file: string): Promise<LoadedSeed> {
  const kept = await readSeed(file)
  if (kept !== undefined) return { seed: kept, isNew: false }
  const isNew = await writeSeed(file, createMasterSeed())
  const written = await readSeed(file)
  if (written !== undefined) return { seed: written, isNew }
  throw unusable(file, 'it vanished after it was written')
}

async function readSeed(file: string): Promise<Uint8Array | undefined> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return undefined
    throw unusable(file, errorMessage(error), error)
  }
  const digits = text.trim().replace(/^0x/, '')
  if (!/^[0-9a-f]{64}$/i.test(digits)) throw unusable(file, 'it does not hold 64 hex digits')
  return hexToBytes(`0x${digits}`)
}

/** Whole or not at all; false when another process made the file first, whose seed then counts. */
async function writeSeed(file: string, seed: Uint8Array): Promise<boolean> {
  const draft = `${file}.${process.pid}.${Date.now()}`
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    await writeFile(draft, `${bytesToUnprefixedHex(seed)}\n`, {
      mode: 0o600,
      flag: 'wx',
      flush: true,
    })
    await chmod(draft, 0o600)
    await link(draft, file)
    return true
  } catch (error) {
    if ((error as { code?: string }).code === 'EEXIST') return false
    throw unusable(file, errorMessage(error), error)
  } finally {
    await rm(draft, { force: true })
  }
}

const unusable = (file: string, reason: string, cause?: unknown): ClientError =>
  new ClientError('BAD_SEED', {
    message: `The seed file ${file} cannot be used: ${reason}`,
    hint: 'Restore it from a backup, or name another with --seed-file or GENARO_SEED_FILE. Without the seed its files cannot be read.',
    facts: { file },
    cause,
  })
