import { Readable } from 'node:stream'
import { openFileCipher } from '../crypto/fileCipher.ts'
import { unwrapFileKey } from '../crypto/fileKey.ts'
import { createFileLayout, type FileLayout } from '../protocol/fileLayout.ts'
import { CELL_PLAINTEXT_BYTES } from '../protocol/fileLayoutShape.ts'
import { createCellReader } from './cellReader.ts'
import { type ClientContext, untilClosed } from './context.ts'
import { ClientError } from './errors.ts'
import { parseFileId } from './fileSecrets.ts'
import { findFile, type StoredFile } from './findFile.ts'
import { FOLDER_TYPE } from './folder/folderIndex.ts'

/** A stored file, open for reading at any place. */
export interface OpenFile {
  readonly id: string
  readonly bucketId: string
  /** The name for people: bytes that are no text show as replacement characters. */
  readonly name: string
  readonly nameBytes: Uint8Array
  readonly contentType: string
  readonly sizeBytes: number
  /** Milliseconds since the Unix epoch. */
  readonly modifiedMs: number
  /** Whether it is an uploaded folder, whose content begins with an index. */
  readonly isFolder: boolean
  readonly layout: FileLayout
  /** Exactly these bytes. Throws `ClientError` `BAD_RANGE` beyond the end, and for what farmers fail to give. */
  read(offset: number, length: number, options?: ReadOptions): Promise<Uint8Array>
  /** The bytes from `start` to `end`, the end excluded, fetched a little ahead of what is taken. */
  createReadStream(
    options?: Pick<ReadOptions, 'signal'> & { start?: number; end?: number },
  ): Readable
  /** Pays what was read and lets go of the farmers. */
  close(): Promise<void>
}

export interface ReadOptions {
  signal?: AbortSignal | undefined
  /** Memory of exactly the length that is read, for who reads much: it is what `read` gives then. */
  into?: Uint8Array | undefined
}

export interface OpenFileOptions {
  /** The bucket, when it is another account's; the signer's own buckets are searched otherwise. */
  bucketId?: string | undefined
  signal?: AbortSignal | undefined
  /** Told the bytes of leaves that farmers sent. */
  onReceived?: (bytes: number) => void
}

/**
 * Opens a file by its id: its replicas are on chain, its manifest with its farmers. Throws `ClientError`
 * `FILE_UNKNOWN`, `WRONG_SEED`, `NO_TRAFFIC`, `TERM_EXPIRED`, `FILE_DAMAGED`.
 */
export async function openFile(
  context: ClientContext,
  id: string,
  options: OpenFileOptions = {},
): Promise<OpenFile> {
  const signal = untilClosed(context, options.signal)
  const file = await findFile(context, parseFileId(id), { ...options, signal })
  const { fileId, bucketId, manifest } = file
  const cells = createCellReader({
    context,
    file,
    decipher: await openFileCipher({
      fileKey: await unwrapKey(file),
      header: manifest.cipherHeader,
    }),
    ...(options.onReceived && { onReceived: options.onReceived }),
  })
  const layout = createFileLayout(manifest.shape)
  const { plaintextBytes: sizeBytes } = manifest.shape

  const read = async (
    offset: number,
    length: number,
    own?: AbortSignal,
    into?: Uint8Array,
  ): Promise<Uint8Array> => {
    expectRange(offset, offset + length, sizeBytes)
    const bytes = into ?? new Uint8Array(length)
    await cells.read(offset, bytes, untilClosed(context, own))
    return bytes
  }

  return {
    id: fileId,
    bucketId,
    name: new TextDecoder().decode(manifest.name),
    nameBytes: manifest.name,
    contentType: manifest.mimeType,
    sizeBytes,
    modifiedMs: manifest.modifiedMs,
    isFolder: manifest.mimeType === FOLDER_TYPE,
    layout,
    read: (offset, length, { signal, into } = {}) => read(offset, length, signal, into),
    createReadStream({ start = 0, end = sizeBytes, signal } = {}) {
      expectRange(start, end, sizeBytes)
      return Readable.from(readAhead(layout, start, end, read, signal), {
        objectMode: false,
        highWaterMark: CELL_PLAINTEXT_BYTES,
      })
    },
    close: cells.close,
  }
}

const unwrapKey = ({ manifest, secrets }: StoredFile): Promise<Uint8Array> =>
  unwrapFileKey({ bucketKey: secrets.bucketKey, fileId: manifest.fileId }, manifest.wrappedFileKey)

/** The most that is fetched at once, and how many such pieces are under way or wait to be taken. */
const MOST_CELLS_AT_ONCE = 64
const PIECES_AHEAD = 3

/** Begins with one stripe, so that a player has something soon, and doubles from there. */
async function* readAhead(
  { dataShards }: FileLayout,
  start: number,
  end: number,
  read: (offset: number, length: number, signal?: AbortSignal) => Promise<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const stop = new AbortController()
  const own = signal === undefined ? stop.signal : AbortSignal.any([stop.signal, signal])
  const ahead: Promise<Uint8Array>[] = []
  let next = start
  let cells = dataShards
  const fetchNext = (): void => {
    // Pieces end where cells do, so that no cell is read twice.
    const border = (Math.floor(next / CELL_PLAINTEXT_BYTES) + cells) * CELL_PLAINTEXT_BYTES
    const until = Math.min(end, border)
    const piece = read(next, until - next, own)
    piece.catch(() => {})
    ahead.push(piece)
    next = until
    cells = Math.min(2 * cells, Math.max(dataShards, MOST_CELLS_AT_ONCE))
  }
  try {
    while (next < end || ahead.length > 0) {
      while (next < end && ahead.length < PIECES_AHEAD) fetchNext()
      yield await ahead.shift()!
    }
  } finally {
    stop.abort()
  }
}

function expectRange(start: number, end: number, sizeBytes: number): void {
  const isInside = Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 0
  if (isInside && start <= end && end <= sizeBytes) return
  throw new ClientError('BAD_RANGE', {
    message: `Bytes ${start} to ${end} are not in a file of ${sizeBytes} bytes`,
    hint: 'Ask for bytes below its size.',
    facts: { start, end, sizeBytes },
  })
}
