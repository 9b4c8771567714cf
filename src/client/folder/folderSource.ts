import { createHash } from 'node:crypto'
import { type FileHandle, lstat, open, readdir } from 'node:fs/promises'
import { concatBytes, utf8ToBytes } from '@ethereumjs/util'
import { ClientError } from '../errors.ts'
import { changed, type FileSource, showPath, versionOf } from '../fileSource.ts'
import { encodeFolderIndex, type FolderEntry } from './folderIndex.ts'

/** A folder as one source: its index, and then its files one after another. */
export interface FolderSource extends FileSource {
  readonly entries: readonly FolderEntry[]
  /** The encoded index, which tells by names, sizes and times whether the folder is still the same. */
  readonly index: Uint8Array
  /** Another one once anything in the folder was written to, replaced or had its times set. */
  readonly version: string
  /** Paths that are neither files nor folders, such as links, and are left out. */
  readonly skipped: readonly string[]
}

interface Piece {
  start: number
  end: number
  path: Uint8Array
}

/** Looks through a folder. Names are kept as bytes, so that no name is too odd. Throws `ClientError` `BAD_SOURCE`. */
export async function openFolderSource(folder: string | Uint8Array): Promise<FolderSource> {
  const root = typeof folder === 'string' ? utf8ToBytes(folder) : folder
  const found: FoundEntry[] = []
  const skipped: string[] = []
  await walk(root, [], found, skipped)
  const entries = found.map(({ entry }) => entry)
  const index = encodeFolderIndex(entries)
  const version = versionOfAll(found)
  const pieces: Piece[] = []
  let end = index.length
  for (const { entry, path } of found) {
    if (entry.sizeBytes === 0) continue
    pieces.push({ start: end, end: end + entry.sizeBytes, path })
    end += entry.sizeBytes
  }
  const files = createHandles()
  return {
    sizeBytes: end,
    entries,
    index,
    skipped,
    version,
    close: files.close,
    async expectSame() {
      const foundNow: FoundEntry[] = []
      await walk(root, [], foundNow, [])
      if (versionOfAll(foundNow) !== version) throw changed(showPath(root))
    },
    async read(target, offset) {
      if (offset < index.length) {
        target.set(index.subarray(offset, Math.min(index.length, offset + target.length)))
      }
      for (let at = firstPiece(pieces, offset); at < pieces.length; at++) {
        const piece = pieces[at]!
        if (piece.start >= offset + target.length) break
        await readPiece(piece, await files.open(piece.path), target, offset)
      }
    },
  }
}

/** The bytes of `piece` that lie in `target`, which begins at `offset` of the whole. */
async function readPiece(
  { start, end, path }: Piece,
  handle: FileHandle,
  target: Uint8Array,
  offset: number,
): Promise<void> {
  const until = Math.min(end, offset + target.length)
  for (let at = Math.max(start, offset); at < until; ) {
    const { bytesRead } = await handle.read(target, at - offset, until - at, at - start)
    if (bytesRead === 0) throw changed(showPath(path), at - start)
    at += bytesRead
  }
}

function firstPiece(pieces: readonly Piece[], offset: number): number {
  let low = 0
  let high = pieces.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (pieces[middle]!.end <= offset) low = middle + 1
    else high = middle
  }
  return low
}

/** The file read last stays open: pieces are read in order. */
function createHandles() {
  let last: { path: Uint8Array; handle: FileHandle } | undefined
  return {
    async open(path: Uint8Array): Promise<FileHandle> {
      if (last?.path === path) return last.handle
      await last?.handle.close()
      last = undefined
      last = { path, handle: await open(Buffer.from(path), 'r') }
      return last.handle
    },
    async close(): Promise<void> {
      await last?.handle.close()
      last = undefined
    },
  }
}

interface FoundEntry {
  entry: FolderEntry
  path: Uint8Array
  version: string
}

/** By names and by what the disk says of each entry. */
function versionOfAll(found: readonly FoundEntry[]): string {
  const digest = createHash('sha256')
  for (const { path, version } of found) {
    digest.update(`${Buffer.from(path).toString('hex')} ${version}\n`)
  }
  return digest.digest('hex')
}

const SLASH = Uint8Array.of(0x2f)

async function walk(
  folder: Uint8Array,
  path: readonly Uint8Array[],
  found: FoundEntry[],
  skipped: string[],
): Promise<void> {
  const names = await readdir(Buffer.from(folder), { encoding: 'buffer' }).catch((cause) => {
    throw new ClientError('BAD_SOURCE', {
      message: `The folder ${showPath(folder)} cannot be read`,
      hint: 'Name a folder that you may read, with everything in it.',
      cause,
    })
  })
  for (const name of names.sort(Buffer.compare)) {
    const child = concatBytes(folder, SLASH, name)
    const stat = await lstat(Buffer.from(child), { bigint: true })
    if (!stat.isFile() && !stat.isDirectory()) {
      skipped.push(showPath(child))
      continue
    }
    const entry = {
      path: [...path, new Uint8Array(name)],
      isFolder: stat.isDirectory(),
      sizeBytes: stat.isDirectory() ? 0 : Number(stat.size),
      modifiedMs: Math.max(0, Number(stat.mtimeMs)),
      mode: Number(stat.mode) & 0o777,
    }
    found.push({ entry, path: child, version: versionOf(stat) })
    if (entry.isFolder) await walk(child, entry.path, found, skipped)
  }
}
