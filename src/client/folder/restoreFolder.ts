import { chmod, type FileHandle, mkdir, open, rename, rm, utimes } from 'node:fs/promises'
import { concatBytes, utf8ToBytes } from '@ethereumjs/util'
import { ClientError, throwIfAborted } from '../errors.ts'
import type { FileSource } from '../fileSource.ts'
import {
  decodeFolderIndex,
  FOLDER_HEAD_BYTES,
  type FolderEntry,
  indexLength,
} from './folderIndex.ts'

/** A file's place in the folder's content. */
export interface PlacedEntry extends FolderEntry {
  /** Where its bytes begin. */
  start: number
}

/** Reads the index of an uploaded folder. Throws `ClientError` `FILE_DAMAGED` when it does not fit its content. */
export async function readFolder(content: FileSource): Promise<PlacedEntry[]> {
  const head = new Uint8Array(Math.min(FOLDER_HEAD_BYTES, content.sizeBytes))
  await content.read(head, 0)
  const index = new Uint8Array(Math.min(indexLength(head), content.sizeBytes - FOLDER_HEAD_BYTES))
  await content.read(index, FOLDER_HEAD_BYTES)
  let start = FOLDER_HEAD_BYTES + index.length
  const placed = decodeFolderIndex(index).map((entry) => {
    const place = { ...entry, start }
    start += entry.sizeBytes
    return place
  })
  if (start === content.sizeBytes) return placed
  throw new ClientError('FILE_DAMAGED', {
    message: `The folder's files should end at byte ${content.sizeBytes}, and end at ${start}`,
    hint: 'It was made by a newer version of Genaro, or by someone who means harm.',
  })
}

/**
 * Restores a folder whose content lies in `contentFile`, where a download put it, to `target`, which is made. Times
 * and permissions come back too; folders get theirs last, since writing into them changes it.
 */
export async function restoreFolder(
  entries: readonly PlacedEntry[],
  contentFile: string,
  target: string,
  signal?: AbortSignal,
): Promise<void> {
  const root = utf8ToBytes(target)
  await mkdir(target, { recursive: true })
  const content = await open(contentFile, 'r')
  try {
    for (const entry of entries) {
      throwIfAborted(signal)
      const path = pathOf(root, entry)
      if (entry.isFolder) await mkdir(path, { recursive: true })
      else await copyOut(content, entry, path)
    }
  } finally {
    await content.close()
  }
  for (const entry of entries.toReversed()) {
    const path = pathOf(root, entry)
    await chmod(path, entry.mode)
    await utimes(path, entry.modifiedMs / 1_000, entry.modifiedMs / 1_000)
  }
}

const pathOf = (root: Uint8Array, { path }: FolderEntry): Buffer =>
  Buffer.from(concatBytes(root, ...path.flatMap((name) => [SLASH, name])))

const SLASH = Uint8Array.of(0x2f)
const COPY_BYTES = 1 << 20

/** A file is written beside its place and moved there, so that a link in its way is replaced, not followed. */
async function copyOut(
  content: FileHandle,
  { start, sizeBytes }: PlacedEntry,
  path: Buffer,
): Promise<void> {
  const draft = Buffer.concat([path, Buffer.from('.genaro-part')])
  await rm(draft, { force: true })
  const file = await open(draft, 'wx', 0o600)
  try {
    const buffer = new Uint8Array(Math.min(COPY_BYTES, Math.max(1, sizeBytes)))
    for (let done = 0; done < sizeBytes; ) {
      const wanted = Math.min(buffer.length, sizeBytes - done)
      const { bytesRead } = await content.read(buffer, 0, wanted, start + done)
      if (bytesRead === 0) throw new Error('the downloaded content ends early')
      await file.write(buffer, 0, bytesRead)
      done += bytesRead
    }
  } finally {
    await file.close()
  }
  await rename(draft, path)
}
