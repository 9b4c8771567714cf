import { RLP } from '@ethereumjs/rlp'
import { bigIntToBytes, bytesToBigInt, concatBytes, utf8ToBytes } from '@ethereumjs/util'
import { errorMessage } from '../../util/errors.ts'
import { ClientError } from '../errors.ts'

/** A file or folder inside an uploaded folder. */
export interface FolderEntry {
  /** The names from the uploaded folder down, as bytes: names are whatever the file system says. */
  path: readonly Uint8Array[]
  isFolder: boolean
  /** 0 for folders. */
  sizeBytes: number
  /** Milliseconds since the Unix epoch. */
  modifiedMs: number
  /** The permission bits, such as 0o644. */
  mode: number
}

/** What the content of an uploaded folder is: a `GENF` index, and then the bytes of its files in its order. */
export const FOLDER_TYPE = 'application/vnd.genaro.folder'

/** "GENF" ‖ version 1 ‖ index length (uint32) ‖ index (RLP). The files' bytes follow. */
export function encodeFolderIndex(entries: readonly FolderEntry[]): Uint8Array {
  const index = RLP.encode(
    entries.map(({ path, isFolder, sizeBytes, modifiedMs, mode }) => [
      [...path],
      numberBytes(isFolder ? 1 : 0),
      numberBytes(sizeBytes),
      numberBytes(modifiedMs),
      numberBytes(mode),
    ]),
  )
  if (index.length > MAX_INDEX_BYTES) throw bad(`its index has ${index.length} bytes`)
  const head = new Uint8Array(FOLDER_HEAD_BYTES)
  head.set(MAGIC)
  new DataView(head.buffer).setUint32(MAGIC.length, index.length)
  return concatBytes(head, index)
}

/** How long the index is, by the first `FOLDER_HEAD_BYTES`. Throws `ClientError` `FILE_DAMAGED`. */
export function indexLength(head: Uint8Array): number {
  if (head.length !== FOLDER_HEAD_BYTES || !MAGIC.every((byte, at) => head[at] === byte)) {
    throw bad('it does not begin as one')
  }
  const length = new DataView(head.buffer, head.byteOffset).getUint32(MAGIC.length)
  if (length > MAX_INDEX_BYTES) throw bad(`its index would have ${length} bytes`)
  return length
}

/**
 * The entries of an index. Throws `ClientError` `FILE_DAMAGED` for anything malformed, and for names that would lead
 * out of the folder.
 */
export function decodeFolderIndex(index: Uint8Array): FolderEntry[] {
  try {
    const decoded: unknown = RLP.decode(index)
    if (!Array.isArray(decoded)) throw bad('it is no list')
    const entries = decoded.map(decodeEntry)
    checkPaths(entries)
    return entries
  } catch (error) {
    throw error instanceof ClientError ? error : bad(errorMessage(error))
  }
}

const MAGIC = concatBytes(utf8ToBytes('GENF'), Uint8Array.of(1))

export const FOLDER_HEAD_BYTES = MAGIC.length + 4

/** Room for about a million files. */
const MAX_INDEX_BYTES = 128 << 20
const MAX_DEPTH = 256
const MAX_NAME_BYTES = 255
const MAX_MODE = 0o777

function decodeEntry(item: unknown): FolderEntry {
  if (!Array.isArray(item) || item.length !== 5) throw bad('an entry is no list of 5 fields')
  const [path, kind, size, modified, mode] = item
  if (!Array.isArray(path) || path.length > MAX_DEPTH || !path.every(isName)) {
    throw bad('a path in it is malformed')
  }
  const isFolder = readNumber(kind) === 1
  const sizeBytes = readNumber(size)
  if (isFolder && sizeBytes !== 0) throw bad('a folder in it has bytes')
  return {
    path,
    isFolder,
    sizeBytes,
    modifiedMs: readNumber(modified),
    mode: readNumber(mode) & MAX_MODE,
  }
}

/** One name: neither empty, `.` or `..`, nor with a separator or NUL in it. */
function isName(item: unknown): item is Uint8Array {
  if (!(item instanceof Uint8Array)) return false
  const isDots = item.length <= 2 && item.every((byte) => byte === DOT)
  return !isDots && item.length <= MAX_NAME_BYTES && !item.includes(0) && !item.includes(SLASH)
}

const DOT = 0x2e
const SLASH = 0x2f

/** Every path once, and none below a file. */
function checkPaths(entries: readonly FolderEntry[]): void {
  const kinds = new Map<string, boolean>([['', true]])
  for (const { path, isFolder } of entries) {
    if (path.length === 0) continue
    const key = pathKey(path)
    if (kinds.has(key)) throw bad('it names a path twice')
    if (kinds.get(pathKey(path.slice(0, -1))) !== true) throw bad('a path in it has no folder')
    kinds.set(key, isFolder)
  }
}

const pathKey = (path: readonly Uint8Array[]): string =>
  path.map((name) => Buffer.from(name).toString('hex')).join('/')

const numberBytes = (value: number): Uint8Array =>
  value === 0 ? new Uint8Array() : bigIntToBytes(BigInt(value))

function readNumber(item: unknown): number {
  if (!(item instanceof Uint8Array) || item.length > 7) throw bad('a number in it is malformed')
  const value = Number(bytesToBigInt(item))
  if (!Number.isSafeInteger(value)) throw bad('a number in it is too large')
  return value
}

const bad = (reason: string): ClientError =>
  new ClientError('FILE_DAMAGED', {
    message: `The folder cannot be read: ${reason}`,
    hint: 'It was made by a newer version of Genaro, or by someone who means harm.',
  })
