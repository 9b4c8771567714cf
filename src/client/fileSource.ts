import type { BigIntStats } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { errorMessage } from '../util/errors.ts'
import { ClientError } from './errors.ts'

/** What can be uploaded: bytes of a known number that can be read at any place, and read again. */
export interface FileSource {
  readonly sizeBytes: number
  /** Fills `target` from `offset` on. Throws `ClientError` `SOURCE_CHANGED` when that many are not there. */
  read(target: Uint8Array, offset: number): Promise<void>
  /** Throws `ClientError` `SOURCE_CHANGED` when it is no longer what was opened. */
  expectSame(): Promise<void>
  close(): Promise<void>
}

/** Bytes in memory. */
export const bytesSource = (bytes: Uint8Array): FileSource => ({
  sizeBytes: bytes.length,
  async read(target, offset) {
    if (offset + target.length > bytes.length) throw changed('the bytes', offset)
    target.set(bytes.subarray(offset, offset + target.length))
  },
  async expectSame() {},
  async close() {},
})

/** A file as it was when it was opened. */
export interface DiskFileSource extends FileSource {
  /** Another one once the file was written to, replaced or had its times set. */
  readonly version: string
}

/** A file on disk, by its path as text or as bytes. Throws `ClientError` `BAD_SOURCE`. */
export async function openFileSource(path: string | Uint8Array): Promise<DiskFileSource> {
  const shown = showPath(path)
  const name = typeof path === 'string' ? path : Buffer.from(path)
  let handle: FileHandle
  try {
    handle = await open(name, 'r')
  } catch (cause) {
    throw badSource(shown, errorMessage(cause), cause)
  }
  const stat = await handle.stat({ bigint: true })
  if (!stat.isFile()) {
    await handle.close()
    throw badSource(shown, 'it is neither a file nor a folder')
  }
  const version = versionOf(stat)
  return {
    sizeBytes: Number(stat.size),
    version,
    read: (target, offset) => readFully(handle, target, offset, shown),
    async expectSame() {
      if (versionOf(await handle.stat({ bigint: true })) !== version) throw changed(shown)
    },
    close: () => handle.close(),
  }
}

/** The change time too: it cannot be set back, as the time of modification can. */
export const versionOf = ({ size, mtimeNs, ctimeNs, ino }: BigIntStats): string =>
  `${size} ${mtimeNs} ${ctimeNs} ${ino}`

async function readFully(
  handle: FileHandle,
  target: Uint8Array,
  offset: number,
  shown: string,
): Promise<void> {
  for (let done = 0; done < target.length; ) {
    const { bytesRead } = await handle.read(target, done, target.length - done, offset + done)
    if (bytesRead === 0) throw changed(shown, offset + done)
    done += bytesRead
  }
}

/** A path for people: bytes that are no text become the replacement character. */
export const showPath = (path: string | Uint8Array): string =>
  typeof path === 'string' ? path : new TextDecoder().decode(path)

const badSource = (shown: string, reason: string, cause?: unknown): ClientError =>
  new ClientError('BAD_SOURCE', {
    message: `${shown} cannot be uploaded: ${reason}`,
    hint: 'Name a file or folder that you may read.',
    cause,
  })

export const changed = (shown: string, offset?: number): ClientError =>
  new ClientError('SOURCE_CHANGED', {
    message: `${shown} changed while it was uploaded${offset === undefined ? '' : `: byte ${offset} is not what it was`}`,
    hint: 'Upload it again; what stands now becomes a new file.',
  })
