import { createHash } from 'node:crypto'
import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { CELL_PLAINTEXT_BYTES } from '../protocol/fileLayoutShape.ts'
import { errorMessage } from '../util/errors.ts'
import { type ClientContext, untilClosed } from './context.ts'
import { ClientError, throwIfAborted } from './errors.ts'
import { expectTraffic } from './expectTraffic.ts'
import { openFileSource } from './fileSource.ts'
import { readFolder, restoreFolder } from './folder/restoreFolder.ts'
import { type Journal, openJournal } from './journal.ts'
import { type OpenFile, openFile } from './openFile.ts'
import { createProgressCounter, type DownloadProgress, type ProgressCounter } from './progress.ts'

export interface DownloadOptions {
  /** The bucket, when it is another account's. */
  bucketId?: string | undefined
  /** Replaces a file that stands at the target. */
  overwrite?: boolean | undefined
  onProgress?: ((progress: DownloadProgress) => void) | undefined
  signal?: AbortSignal | undefined
}

export interface DownloadResult {
  id: string
  /** Where the file or folder is now. */
  path: string
  name: string
  sizeBytes: number
  isFolder: boolean
  /** Bytes of replicas that farmers sent, which is what traffic is counted by. */
  receivedBytes: number
}

/** A piece that is at its place, by the hash of its plaintext. */
interface DonePiece {
  piece: number
  hash: string
}

/** Cells of a piece, about 4 MiB, and pieces under way at once. */
const CELLS_PER_PIECE = 64
const PIECES_AT_ONCE = 2

/**
 * Fetches a file to `target`, or a folder to a new folder there. What is fetched goes to `TARGET.genaro-part` and is
 * moved when it is whole; run again after a crash, it fetches only what is missing, after checking what is there.
 * Throws `ClientError`.
 */
export async function downloadFile(
  context: ClientContext,
  id: string,
  target: string,
  options: DownloadOptions = {},
): Promise<DownloadResult> {
  const signal = untilClosed(context, options.signal)
  throwIfAborted(signal)
  const path = resolve(target)
  await expectFree(path, options)
  const progress = createProgressCounter<DownloadProgress>(
    { sizeBytes: 0, writtenBytes: 0, receivedBytes: 0 },
    options.onProgress,
  )
  const onReceived = (bytes: number): void => progress.add('receivedBytes', bytes)
  const file = await openFile(context, id, { bucketId: options.bucketId, signal, onReceived })
  try {
    progress.add('sizeBytes', file.sizeBytes)
    const part = `${path}.genaro-part`
    await mkdir(dirname(path), { recursive: true })
    const journal = await openPieces(context, file, part)
    try {
      await fetchPieces({ context, file, part, journal, progress, signal })
      await settle(file, part, path, signal)
      await journal.discard()
    } finally {
      await journal.close()
    }
  } catch (error) {
    throwIfAborted(signal)
    throw error
  } finally {
    await file.close()
  }
  return {
    id: file.id,
    path,
    name: file.name,
    sizeBytes: file.sizeBytes,
    isFolder: file.isFolder,
    receivedBytes: progress.now.receivedBytes,
  }
}

async function expectFree(path: string, { overwrite = false }: DownloadOptions): Promise<void> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined || (overwrite && found.isFile())) return
  throw new ClientError('BAD_TARGET', {
    message: `There is ${found.isDirectory() ? 'a folder' : 'a file'} at ${path}`,
    hint: 'Name a path that is free, or replace a file with --force.',
    facts: { path },
  })
}

/** The journal of a download into one place, of one file: another file there begins anew. */
function openPieces(
  { directory }: ClientContext,
  { id }: OpenFile,
  part: string,
): Promise<Journal<DonePiece>> {
  const name = createHash('sha256').update(`${id} ${part}`).digest('hex').slice(0, 40)
  return openJournal<DonePiece>({
    file: join(directory, 'downloads', name),
    decode: (line) =>
      Number.isSafeInteger((line as DonePiece).piece) ? (line as DonePiece) : undefined,
  })
}

interface Fetch {
  context: ClientContext
  file: OpenFile
  part: string
  journal: Journal<DonePiece>
  progress: ProgressCounter<DownloadProgress>
  signal: AbortSignal
}

async function fetchPieces(fetch: Fetch): Promise<void> {
  const { context, file, part, journal, signal } = fetch
  const handle = await openPart(part, journal.entries.length > 0)
  try {
    const done = await checkedPieces(fetch, handle)
    const { pieceBytes, count } = piecesOf(file)
    const missing = Array.from({ length: count }, (_, piece) => piece).filter(
      (piece) => !done.has(piece),
    )
    const missingBytes = Math.min(file.sizeBytes, missing.length * pieceBytes)
    await expectTraffic(context, missingBytes)
    const failing = new AbortController()
    const own = AbortSignal.any([signal, failing.signal])
    const work = async (): Promise<void> => {
      const memory = new Uint8Array(Math.min(pieceBytes, file.sizeBytes))
      for (let piece = missing.shift(); piece !== undefined; piece = missing.shift()) {
        try {
          await fetchPiece(fetch, { handle, memory, piece }, own)
        } catch (error) {
          failing.abort()
          throw error
        }
      }
    }
    const results = await Promise.allSettled(Array.from({ length: PIECES_AT_ONCE }, work))
    throwIfAborted(signal)
    const failed = results.filter((result) => result.status === 'rejected')
    // The first failure stopped the others, who say no more than that.
    const isOwn = ({ reason }: PromiseRejectedResult): boolean => reason?.code !== 'ABORTED'
    if (failed.length > 0) throw (failed.find(isOwn) ?? failed[0]!).reason
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function openPart(part: string, isResumed: boolean): Promise<FileHandle> {
  try {
    if (isResumed) return await open(part, 'r+')
  } catch {
    // It went away: then it begins anew.
  }
  try {
    return await open(part, 'w+', 0o600)
  } catch (cause) {
    throw new ClientError('BAD_TARGET', {
      message: `${part} cannot be written: ${errorMessage(cause)}`,
      hint: 'Name a place that you may write to, with room for the file.',
      cause,
    })
  }
}

const piecesOf = ({ sizeBytes, layout }: OpenFile): { pieceBytes: number; count: number } => {
  const stripes = Math.max(1, Math.floor(CELLS_PER_PIECE / layout.dataShards))
  const pieceBytes = stripes * layout.dataShards * CELL_PLAINTEXT_BYTES
  return { pieceBytes, count: Math.ceil(sizeBytes / pieceBytes) }
}

/** The pieces of an earlier run that are still on the disk as they were. */
async function checkedPieces(
  { file, journal, progress, signal }: Fetch,
  handle: FileHandle,
): Promise<Set<number>> {
  const { pieceBytes } = piecesOf(file)
  const done = new Set<number>()
  for (const { piece, hash } of journal.entries) {
    throwIfAborted(signal)
    if (done.has(piece)) continue
    const start = piece * pieceBytes
    const bytes = new Uint8Array(Math.max(0, Math.min(pieceBytes, file.sizeBytes - start)))
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, start)
    if (bytesRead !== bytes.length || hashOf(bytes) !== hash) continue
    done.add(piece)
    progress.add('writtenBytes', bytes.length)
  }
  return done
}

/** On the disk before the journal says so. */
async function fetchPiece(
  { file, journal, progress }: Fetch,
  { handle, memory, piece }: { handle: FileHandle; memory: Uint8Array; piece: number },
  signal: AbortSignal,
): Promise<void> {
  const { pieceBytes } = piecesOf(file)
  const start = piece * pieceBytes
  const length = Math.min(pieceBytes, file.sizeBytes - start)
  const bytes = memory.subarray(0, length)
  await file.read(start, length, { signal, into: bytes })
  await handle.write(bytes, 0, bytes.length, start)
  await handle.datasync()
  await journal.append({ piece, hash: hashOf(bytes) })
  progress.add('writtenBytes', bytes.length)
}

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** Puts what is whole where it belongs. */
async function settle(
  file: OpenFile,
  part: string,
  path: string,
  signal: AbortSignal,
): Promise<void> {
  if (!file.isFolder) {
    await rename(part, path)
    return
  }
  const draft = `${path}.genaro-folder`
  await rm(draft, { recursive: true, force: true })
  const content = await openFileSource(part)
  try {
    await restoreFolder(await readFolder(content), part, draft, signal)
  } finally {
    await content.close()
  }
  await rename(draft, path)
  await rm(part, { force: true })
}
