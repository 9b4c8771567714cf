import {
  closeSync,
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  statSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { constants, createZstdDecompress } from 'node:zlib'
import { sharedFolder } from './shared.ts'

/** One file of a pack. */
export interface PackedFile {
  /** Its path in the pack. */
  path: string
  text: string
}

const CACHE = join(import.meta.dirname, '../../node_modules/.cache/ethereum-fixtures')
const TAR_BLOCK_BYTES = 512
const REGULAR_FILE = '0'
const LONG_PATH = 'L'

/** The JSON files of a pack of official fixtures, in the pack's order. */
export async function* readPack(name: string): AsyncGenerator<PackedFile> {
  const descriptor = openSync(await unpack(join(sharedFolder(), 'fixtures/ethereum', name)), 'r')
  try {
    yield* readTar(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** Unpacks once into the cache, under a name that changes with the pack. */
async function unpack(pack: string): Promise<string> {
  const { size, mtimeMs } = statSync(pack)
  const tar = join(CACHE, `${basename(pack, '.tar.zst')}-${size}-${Math.floor(mtimeMs)}.tar`)
  if (existsSync(tar)) return tar
  mkdirSync(CACHE, { recursive: true })
  // Under a name of its own until it is whole, as several test processes may unpack at once.
  const partial = `${tar}.${process.pid}`
  const decompress = createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: 27 } })
  await pipeline(createReadStream(pack), decompress, createWriteStream(partial))
  renameSync(partial, tar)
  return tar
}

/** The regular files of a tar archive; a path of more than 100 bytes comes in an entry of its own (GNU). */
function* readTar(descriptor: number): Generator<PackedFile> {
  let longPath: string | undefined
  for (let position = 0; ; ) {
    const header = readAt(descriptor, position, TAR_BLOCK_BYTES)
    if (header[0] === undefined || header[0] === 0) return
    const sizeBytes = Number.parseInt(header.toString('latin1', 124, 136), 8)
    const start = position + TAR_BLOCK_BYTES
    position = start + Math.ceil(sizeBytes / TAR_BLOCK_BYTES) * TAR_BLOCK_BYTES
    const type = String.fromCharCode(header[156]!)
    if (type !== REGULAR_FILE && type !== LONG_PATH) continue
    const text = readAt(descriptor, start, sizeBytes).toString('utf8')
    if (type === LONG_PATH) {
      longPath = untilZero(text)
    } else {
      yield { path: longPath ?? untilZero(header.toString('utf8', 0, 100)), text }
      longPath = undefined
    }
  }
}

function readAt(descriptor: number, position: number, sizeBytes: number): Buffer {
  const bytes = Buffer.alloc(sizeBytes)
  return bytes.subarray(0, readSync(descriptor, bytes, 0, sizeBytes, position))
}

const untilZero = (text: string): string => text.replace(/\0.*$/s, '')
