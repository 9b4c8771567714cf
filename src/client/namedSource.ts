import { createHash } from 'node:crypto'
import { realpath, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { utf8ToBytes } from '@ethereumjs/util'
import { errorMessage } from '../util/errors.ts'
import { contentTypeOf } from './contentType.ts'
import { ClientError } from './errors.ts'
import { bytesSource, openFileSource, showPath } from './fileSource.ts'
import { FOLDER_TYPE } from './folder/folderIndex.ts'
import { openFolderSource } from './folder/folderSource.ts'
import type { NamedSource } from './upload.ts'

/** What `upload` takes: the path of a file or folder, as text or bytes, or bytes with a name. */
export type UploadSource =
  | string
  | { path: string | Uint8Array }
  | { bytes: Uint8Array; name: string }

/** A source that is open, and what of it was left out. */
export interface OpenedSource extends NamedSource {
  isFolder: boolean
  /** Paths in a folder that are neither files nor folders. */
  skipped: readonly string[]
}

/** Opens what is to be uploaded. Throws `ClientError` `BAD_SOURCE`. */
export async function openSource(source: UploadSource): Promise<OpenedSource> {
  if (typeof source === 'string') return await openPath(source)
  if ('path' in source) return await openPath(source.path)
  const { bytes, name } = source
  return {
    source: bytesSource(bytes),
    identity: `bytes ${name} ${createHash('sha256').update(bytes).digest('hex')}`,
    name: utf8ToBytes(name),
    mimeType: contentTypeOf(name),
    modifiedMs: Date.now(),
    isFolder: false,
    skipped: [],
  }
}

async function openPath(given: string | Uint8Array): Promise<OpenedSource> {
  const { path, facts } = await lookUp(given)
  const name = lastName(path)
  const common = { name, modifiedMs: Math.max(0, Math.floor(facts.mtimeMs)) }
  const key = Buffer.from(path).toString('hex')
  if (facts.isDirectory()) {
    const source = await openFolderSource(path)
    const { skipped, version } = source
    const identity = `folder ${key} ${version}`
    return { ...common, source, identity, mimeType: FOLDER_TYPE, isFolder: true, skipped }
  }
  const source = await openFileSource(path)
  return {
    ...common,
    source,
    identity: `file ${key} ${source.version}`,
    mimeType: contentTypeOf(showPath(name)),
    isFolder: false,
    skipped: [],
  }
}

async function lookUp(given: string | Uint8Array) {
  const name = typeof given === 'string' ? given : Buffer.from(given)
  try {
    const path = new Uint8Array(await realpath(name, { encoding: 'buffer' }))
    return { path, facts: await stat(Buffer.from(path)) }
  } catch (cause) {
    throw new ClientError('BAD_SOURCE', {
      message: `${showPath(given)} cannot be uploaded: ${errorMessage(cause)}`,
      hint: 'Name a file or folder that you may read.',
      cause,
    })
  }
}

/** The last name of a path, as bytes. */
function lastName(path: Uint8Array): Uint8Array {
  const from = path.lastIndexOf(0x2f) + 1
  return from < path.length ? path.subarray(from) : utf8ToBytes(basename(showPath(path)) || 'root')
}
