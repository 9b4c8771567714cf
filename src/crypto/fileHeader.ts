import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { FileCipherError } from './fileCipherErrors.ts'
import { CELL_BYTES } from './fileSizes.ts'

/** What a Genaro Stream header says beside its format. */
export interface FileHeader {
  /** 32 random bytes. */
  salt: Uint8Array
  /** 32 bytes that only the right file key leads to, so that no ciphertext opens under two keys. */
  commitment: Uint8Array
}

/** "GENS" ‖ version 1 ‖ suite 1 (AES-256-GCM STREAM) ‖ log2 of the cell size ‖ 0 ‖ salt ‖ key commitment. */
export const encodeFileHeader = ({ salt, commitment }: FileHeader): Uint8Array =>
  concatBytes(FORMAT, salt, commitment)

/** Throws FileCipherError BAD_HEADER for every other format and length. */
export function decodeFileHeader(header: Uint8Array): FileHeader {
  if (header.length !== FILE_HEADER_BYTES || !FORMAT.every((byte, at) => header[at] === byte)) {
    throw new FileCipherError('BAD_HEADER', {
      message: `These ${header.length} bytes are not a header of Genaro Stream version 1`,
      hint: 'The manifest was damaged, or made by a newer version of Genaro.',
    })
  }
  const saltEnd = FORMAT.length + SALT_BYTES
  return { salt: header.slice(FORMAT.length, saltEnd), commitment: header.slice(saltEnd) }
}

export const SALT_BYTES = 32

const COMMITMENT_BYTES = 32

const FORMAT = concatBytes(utf8ToBytes('GENS'), Uint8Array.of(1, 1, Math.log2(CELL_BYTES), 0))

export const FILE_HEADER_BYTES = FORMAT.length + SALT_BYTES + COMMITMENT_BYTES
