import { TAG_BYTES } from './cipher.ts'
import { FileCipherError } from './fileCipherErrors.ts'

/** Bytes of every cell but the last: the unit of erasure coding too. */
export const CELL_BYTES = 65_536

export const CELL_TAG_BYTES = TAG_BYTES

/** Plaintext in every cell but the last. */
export const CELL_PLAINTEXT_BYTES = CELL_BYTES - CELL_TAG_BYTES

/** The cell counter has 32 bits: a file has at most 256 TiB. */
export const MAX_CELLS = 2 ** 32

/** How many cells a file has: one at least, since an empty file is one empty last cell. */
export function cellCount(plaintextBytes: number): number {
  const count = Math.max(1, Math.ceil(plaintextBytes / CELL_PLAINTEXT_BYTES))
  if (Number.isSafeInteger(plaintextBytes) && plaintextBytes >= 0 && count <= MAX_CELLS) {
    return count
  }
  throw new FileCipherError('BAD_SIZE', {
    message: `A file has 0 to ${MAX_CELLS * CELL_PLAINTEXT_BYTES} bytes, got ${plaintextBytes}`,
  })
}

/** Bytes of all cells of a file, without the header. */
export const ciphertextBytes = (plaintextBytes: number): number =>
  plaintextBytes + cellCount(plaintextBytes) * CELL_TAG_BYTES

/** The size of the file whose cells have this many bytes. Throws FileCipherError BAD_SIZE if none has. */
export function plaintextBytes(cipherBytes: number): number {
  const size = cipherBytes - Math.ceil(cipherBytes / CELL_BYTES) * CELL_TAG_BYTES
  if (size >= 0 && ciphertextBytes(size) === cipherBytes) return size
  throw new FileCipherError('BAD_SIZE', {
    message: `No file has ${cipherBytes} bytes of ciphertext`,
  })
}
