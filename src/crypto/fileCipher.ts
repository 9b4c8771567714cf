import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import type { CipherEngine, GCMCipher } from './cipher.ts'
import { platformEngine } from './cipherEngine.ts'
import { expectLength } from './errors.ts'
import { FileCipherError } from './fileCipherErrors.ts'
import { decodeFileHeader, encodeFileHeader, SALT_BYTES } from './fileHeader.ts'
import { CELL_PLAINTEXT_BYTES, CELL_TAG_BYTES, MAX_CELLS } from './fileSizes.ts'
import { KEY_BYTES, randomBytes } from './keys.ts'

/**
 * Opens the cells of a file in Genaro Stream v1: the STREAM construction of Hoang, Reyhanitabar, Rogaway and
 * Vizár (2015) over AES-256-GCM. A cell is decrypted on its own, so a range read needs only its cells.
 */
export interface FileDecipher {
  /** The 72 bytes that belong to the ciphertext and stand in the file's manifest. */
  readonly header: Uint8Array
  /**
   * The plaintext of a cell. The caller says which cell it is and whether it is the file's last, both from the file
   * size in the manifest: throws FileCipherError BAD_CELL if it is another one, was changed, or was cut.
   */
  decryptCell(index: number, isLast: boolean, cell: Uint8Array): Promise<Uint8Array>
}

export interface FileCipher extends FileDecipher {
  /**
   * The next cell: 65,520 bytes of plaintext, or in the last cell 0 to 65,520, and a tag of 16 bytes. An index
   * must never be encrypted twice with different plaintext. The cell is written to `into` if that is given, which has
   * its exact length; new memory for each is a third of the cost. Throws FileCipherError BAD_SIZE.
   */
  encryptCell(
    index: number,
    isLast: boolean,
    plaintext: Uint8Array,
    into?: Uint8Array,
  ): Promise<Uint8Array>
}

export interface FileCipherOptions {
  /** 32 random bytes, new for every version of a file. */
  fileKey: Uint8Array
  engine?: CipherEngine
}

/** Starts to encrypt a file version, with a new header. */
export async function createFileCipher({
  fileKey,
  salt = randomBytes(SALT_BYTES),
  engine = platformEngine(),
}: FileCipherOptions & {
  /** Only to go on with an upload whose content has certainly not changed; random by default. */
  salt?: Uint8Array
}): Promise<FileCipher> {
  const { streamKey, noncePrefix, commitment } = deriveStream(fileKey, salt)
  const header = encodeFileHeader({ salt, commitment })
  const cipher = await engine.gcm(streamKey)
  return {
    ...createDecipher(cipher, header, noncePrefix),
    async encryptCell(index, isLast, plaintext, into) {
      checkPlaintext(index, isLast, plaintext)
      if (into !== undefined) checkTarget(index, plaintext, into)
      return cipher.seal({ nonce: cellNonce(noncePrefix, index, isLast), bytes: plaintext }, into)
    },
  }
}

/**
 * Opens a file by its header and key. Throws FileCipherError BAD_HEADER when the header is none of this format
 * and WRONG_KEY when it commits to another key or was changed.
 */
export async function openFileCipher({
  fileKey,
  header,
  engine = platformEngine(),
}: FileCipherOptions & { header: Uint8Array }): Promise<FileDecipher> {
  const { salt, commitment } = decodeFileHeader(header)
  const stream = deriveStream(fileKey, salt)
  if (!stream.commitment.every((byte, at) => byte === commitment[at])) {
    throw new FileCipherError('WRONG_KEY', {
      message: 'The file is encrypted under another key, or its header was changed',
      hint: 'Use the key that the manifest of this version holds.',
    })
  }
  return createDecipher(await engine.gcm(stream.streamKey), header, stream.noncePrefix)
}

const NONCE_PREFIX_BYTES = 7

interface Stream {
  streamKey: Uint8Array
  noncePrefix: Uint8Array
  commitment: Uint8Array
}

/** Key, nonce prefix and commitment from one HKDF over the file key, bound to the rest of the header. */
function deriveStream(fileKey: Uint8Array, salt: Uint8Array): Stream {
  expectLength('BAD_KEY', 'A file key', fileKey, KEY_BYTES)
  expectLength('BAD_SEED', 'A file salt', salt, SALT_BYTES)
  const committed = encodeFileHeader({ salt, commitment: new Uint8Array(0) })
  const info = concatBytes(utf8ToBytes('genaro/stream/v1'), committed)
  const prefixEnd = KEY_BYTES + NONCE_PREFIX_BYTES
  const bytes = hkdf(sha256, fileKey, salt, info, prefixEnd + KEY_BYTES)
  return {
    streamKey: bytes.slice(0, KEY_BYTES),
    noncePrefix: bytes.slice(KEY_BYTES, prefixEnd),
    commitment: bytes.slice(prefixEnd),
  }
}

/** Prefix (7) ‖ cell index (uint32, big-endian) ‖ 1 in the last cell: order and end are in the nonce. */
function cellNonce(prefix: Uint8Array, index: number, isLast: boolean): Uint8Array {
  const nonce = new Uint8Array(NONCE_PREFIX_BYTES + 5)
  nonce.set(prefix)
  new DataView(nonce.buffer).setUint32(NONCE_PREFIX_BYTES, index)
  nonce[nonce.length - 1] = isLast ? 1 : 0
  return nonce
}

const isCellIndex = (index: number): boolean =>
  Number.isInteger(index) && index >= 0 && index < MAX_CELLS

function checkPlaintext(index: number, isLast: boolean, { length }: Uint8Array): void {
  const fits = isLast ? length <= CELL_PLAINTEXT_BYTES : length === CELL_PLAINTEXT_BYTES
  if (fits && isCellIndex(index)) return
  throw new FileCipherError('BAD_SIZE', {
    message: `Cell ${index} holds ${isLast ? 'at most' : 'exactly'} ${CELL_PLAINTEXT_BYTES} bytes, got ${length}`,
    facts: { index, isLast, sizeBytes: length },
  })
}

function checkTarget(index: number, plaintext: Uint8Array, into: Uint8Array): void {
  const needed = plaintext.length + CELL_TAG_BYTES
  if (into.length === needed) return
  throw new FileCipherError('BAD_SIZE', {
    message: `Cell ${index} is ${needed} bytes long, the memory for it ${into.length}`,
  })
}

const createDecipher = (
  cipher: GCMCipher,
  header: Uint8Array,
  noncePrefix: Uint8Array,
): FileDecipher => ({
  header,
  async decryptCell(index, isLast, cell) {
    const plainBytes = cell.length - CELL_TAG_BYTES
    const fits = isLast
      ? plainBytes >= 0 && plainBytes <= CELL_PLAINTEXT_BYTES
      : plainBytes === CELL_PLAINTEXT_BYTES
    const plaintext =
      fits && isCellIndex(index)
        ? await cipher.open({ nonce: cellNonce(noncePrefix, index, isLast), bytes: cell })
        : undefined
    if (plaintext !== undefined) return plaintext
    throw new FileCipherError('BAD_CELL', {
      message: `Cell ${index} was changed, moved or cut: its ${cell.length} bytes do not authenticate`,
      hint: 'Rebuild the cell from other farmers.',
      facts: { index, isLast, sizeBytes: cell.length },
    })
  },
})
