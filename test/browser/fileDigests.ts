import { createFileCipher, openFileCipher } from '../../src/crypto/fileCipher.ts'
import { CELL_PLAINTEXT_BYTES, cellCount } from '../../src/crypto/fileSizes.ts'
import { bytesNamed, type Digests, digest, upTo } from './named.ts'

/** None, one, around the edges of a cell, and several cells. */
export const FILE_SIZES = [0, 1, 65_519, 65_520, 65_521, 200_000]

/** Header and cells of encrypted files, and the files that come of them again. */
export async function fileDigests(): Promise<Digests> {
  const digests: Digests = {}
  for (const size of FILE_SIZES) {
    const plaintext = bytesNamed(`file of ${size}`, size)
    const { header, cells } = await encryptFile(plaintext)
    digests[`header of ${size}`] = digest(header)
    digests[`cells of ${size}`] = digest(...cells)
    digests[`plaintext of ${size}`] = digest(...(await decryptFile(header, cells)))
  }
  return digests
}

const fileKey = bytesNamed('file key', 32)

async function encryptFile(plaintext: Uint8Array) {
  const cipher = await createFileCipher({ fileKey, salt: bytesNamed('salt', 32) })
  const count = cellCount(plaintext.length)
  const encrypt = (at: number): Promise<Uint8Array> => {
    const start = at * CELL_PLAINTEXT_BYTES
    const cell = plaintext.subarray(start, start + CELL_PLAINTEXT_BYTES)
    return cipher.encryptCell(at, at === count - 1, cell)
  }
  return { header: cipher.header, cells: await Promise.all(upTo(count).map(encrypt)) }
}

async function decryptFile(header: Uint8Array, cells: readonly Uint8Array[]) {
  const cipher = await openFileCipher({ fileKey, header })
  const isLast = (at: number): boolean => at === cells.length - 1
  return Promise.all(cells.map((cell, at) => cipher.decryptCell(at, isLast(at), cell)))
}
