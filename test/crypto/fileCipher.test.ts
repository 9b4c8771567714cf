import assert from 'node:assert/strict'
import { createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { CipherEngine } from '../../src/crypto/cipher.ts'
import { platformEngine } from '../../src/crypto/cipherEngine.ts'
import { createFileCipher, type FileCipher, openFileCipher } from '../../src/crypto/fileCipher.ts'
import { FILE_HEADER_BYTES } from '../../src/crypto/fileHeader.ts'
import {
  CELL_BYTES,
  CELL_PLAINTEXT_BYTES,
  cellCount,
  ciphertextBytes,
  MAX_CELLS,
  plaintextBytes,
} from '../../src/crypto/fileSizes.ts'
import { createNodeEngine } from '../../src/crypto/nodeEngine.ts'
import { createWebEngine } from '../../src/crypto/webEngine.ts'
import * as layout from '../../src/protocol/fileLayoutShape.ts'

const node = createNodeEngine()!
const web = createWebEngine()
const fileKey = new Uint8Array(32).fill(3)
const salt = new Uint8Array(32).fill(4)
const SIZES = [0, 1, 65_519, 65_520, 65_521, 2 * 65_520, 200_000]

const bytes = (length: number): Uint8Array => new Uint8Array(randomBytes(length))

async function encrypt(cipher: FileCipher, plaintext: Uint8Array): Promise<Uint8Array[]> {
  const count = cellCount(plaintext.length)
  return Promise.all(
    Array.from({ length: count }, (_, index) => {
      const start = index * CELL_PLAINTEXT_BYTES
      const cell = plaintext.subarray(start, start + CELL_PLAINTEXT_BYTES)
      return cipher.encryptCell(index, index === count - 1, cell)
    }),
  )
}

async function decrypt(
  header: Uint8Array,
  cells: readonly Uint8Array[],
  options: { key?: Uint8Array; engine?: CipherEngine } = {},
): Promise<Uint8Array> {
  const { key = fileKey, engine } = options
  const cipher = await openFileCipher({ fileKey: key, header, engine })
  const plain = await Promise.all(
    cells.map((cell, index) => cipher.decryptCell(index, index === cells.length - 1, cell)),
  )
  return new Uint8Array(Buffer.concat(plain))
}

describe('Genaro Stream', () => {
  test('gives files of every size back', async () => {
    for (const size of SIZES) {
      const plaintext = bytes(size)
      const cipher = await createFileCipher({ fileKey })
      const cells = await encrypt(cipher, plaintext)
      assert.equal(Buffer.concat(cells).length, ciphertextBytes(size))
      assert.deepEqual(await decrypt(cipher.header, cells), plaintext)
    }
  })

  test('has the same bytes from Node and from WebCrypto', async () => {
    for (const size of SIZES) {
      const plaintext = bytes(size)
      const byNode = await createFileCipher({ fileKey, salt, engine: node })
      const byWeb = await createFileCipher({ fileKey, salt, engine: web })
      assert.deepEqual(byNode.header, byWeb.header)
      const cells = await encrypt(byNode, plaintext)
      assert.deepEqual(await encrypt(byWeb, plaintext), cells)
      for (const engine of [node, web]) {
        assert.deepEqual(await decrypt(byNode.header, cells, { engine }), plaintext)
      }
    }
  })

  test('is AES-256-GCM under keys and nonces that follow from key, salt and header', async () => {
    const cipher = await createFileCipher({ fileKey, salt })
    const head = Buffer.concat([Buffer.from('GENS'), Buffer.from([1, 1, 16, 0]), salt])
    const info = Buffer.concat([Buffer.from('genaro/stream/v1'), head])
    const stream = Buffer.from(hkdfSync('sha256', fileKey, salt, info, 71))
    assert.deepEqual(Buffer.from(cipher.header), Buffer.concat([head, stream.subarray(39)]))
    const cell = await cipher.encryptCell(258, true, Uint8Array.of(42))
    const nonce = Buffer.concat([stream.subarray(32, 39), Buffer.from([0, 0, 1, 2, 1])])
    const decipher = createDecipheriv('aes-256-gcm', stream.subarray(0, 32), nonce)
    decipher.setAuthTag(cell.subarray(1))
    assert.equal(decipher.update(cell.subarray(0, 1))[0], 42)
    decipher.final()
  })

  test('is a header and one empty last cell for an empty file', async () => {
    const cipher = await createFileCipher({ fileKey })
    assert.equal(cipher.header.length, FILE_HEADER_BYTES)
    const cell = await cipher.encryptCell(0, true, new Uint8Array(0))
    assert.equal(cell.length, 16)
    assert.equal((await cipher.decryptCell(0, true, cell)).length, 0)
  })

  test('writes a cell into memory of its exact length, and refuses any other', async () => {
    for (const engine of [node, web]) {
      const cipher = await createFileCipher({ fileKey, salt, engine })
      const memory = new Uint8Array(40)
      const into = memory.subarray(4, 30)
      assert.equal(await cipher.encryptCell(0, true, new Uint8Array(10), into), into)
      assert.deepEqual(into.slice(), await cipher.encryptCell(0, true, new Uint8Array(10)))
      assert.ok([...memory.subarray(0, 4), ...memory.subarray(30)].every((byte) => byte === 0))
      for (const length of [0, 25, 27]) {
        const wrong = memory.subarray(0, length)
        const encrypting = cipher.encryptCell(0, true, new Uint8Array(10), wrong)
        await assert.rejects(encrypting, { code: 'BAD_SIZE' })
      }
    }
  })

  test('encrypts equal files differently', async () => {
    const [one, two] = [await createFileCipher({ fileKey }), await createFileCipher({ fileKey })]
    const plaintext = bytes(50)
    assert.notDeepEqual(await encrypt(one, plaintext), await encrypt(two, plaintext))
  })

  test('refuses plaintext that does not fill a cell before the last, or does not fit', async () => {
    const cipher = await createFileCipher({ fileKey })
    const wrong = [
      [0, false, CELL_PLAINTEXT_BYTES - 1],
      [0, false, CELL_PLAINTEXT_BYTES + 1],
      [0, true, CELL_PLAINTEXT_BYTES + 1],
      [-1, true, 1],
      [0.5, true, 1],
      [MAX_CELLS, true, 1],
    ] as const
    for (const [index, isLast, size] of wrong) {
      await assert.rejects(cipher.encryptCell(index, isLast, new Uint8Array(size)), {
        code: 'BAD_SIZE',
      })
    }
  })
})

for (const engine of [node, web]) {
  describe(`an encrypted file, opened by the ${engine.name} engine`, () => {
    const plaintext = bytes(3 * CELL_PLAINTEXT_BYTES + 100)
    const opened = async () => {
      const cipher = await createFileCipher({ fileKey, engine })
      const cells = await encrypt(cipher, plaintext)
      return {
        cipher,
        cells,
        reader: await openFileCipher({ fileKey, header: cipher.header, engine }),
      }
    }
    const refused = { name: 'FileCipherError', code: 'BAD_CELL' }

    test('is refused when any bit of a cell is flipped', async () => {
      const { cells, reader } = await opened()
      await fc.assert(
        fc.asyncProperty(fc.nat(3), fc.nat(), fc.nat(7), async (index, place, bit) => {
          const cell = cells[index]!.slice()
          cell[place % cell.length]! ^= 1 << bit
          await assert.rejects(reader.decryptCell(index, index === 3, cell), refused)
        }),
      )
    })

    test('is refused when cells change places', async () => {
      const { cells, reader } = await opened()
      await assert.rejects(reader.decryptCell(0, false, cells[1]!), refused)
      await assert.rejects(reader.decryptCell(1, false, cells[0]!), refused)
    })

    test('is refused when it is cut at a cell, or goes on behind its last', async () => {
      const { cells, cipher, reader } = await opened()
      await assert.rejects(decrypt(cipher.header, cells.slice(0, 3), { engine }), refused)
      await assert.rejects(reader.decryptCell(3, false, cells[3]!), refused)
      await assert.rejects(decrypt(cipher.header, [...cells, cells[0]!], { engine }), refused)
    })

    test('is refused when a cell is cut or longer', async () => {
      const { cells, reader } = await opened()
      for (const length of [0, 1, 15, 16, 115]) {
        await assert.rejects(reader.decryptCell(3, true, cells[3]!.slice(0, length)), refused)
        await assert.rejects(reader.decryptCell(0, false, cells[0]!.slice(0, length)), refused)
      }
      const longer = new Uint8Array(CELL_BYTES + 1)
      await assert.rejects(reader.decryptCell(0, false, longer), refused)
      await assert.rejects(reader.decryptCell(0, true, longer), refused)
    })

    test('is refused when a cell of another file stands in it', async () => {
      const [one, other] = [await opened(), await opened()]
      await assert.rejects(one.reader.decryptCell(1, false, other.cells[1]!), refused)
    })

    test('is refused under another key, and with any bit of its header changed', async () => {
      const { cipher } = await opened()
      const otherKey = new Uint8Array(32).fill(9)
      const wrongKey = { name: 'FileCipherError', code: 'WRONG_KEY' }
      await assert.rejects(openFileCipher({ fileKey: otherKey, header: cipher.header }), wrongKey)
      for (let at = 0; at < cipher.header.length; at++) {
        const header = cipher.header.slice()
        header[at]! ^= 1
        const code = at < 8 ? 'BAD_HEADER' : 'WRONG_KEY'
        await assert.rejects(openFileCipher({ fileKey, header, engine }), { code })
      }
      const cut = cipher.header.slice(1)
      await assert.rejects(openFileCipher({ fileKey, header: cut }), { code: 'BAD_HEADER' })
    })
  })
}

describe('file sizes', () => {
  test('are known from the ciphertext and back', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (any) => {
        const size = any % (MAX_CELLS * CELL_PLAINTEXT_BYTES + 1)
        assert.equal(plaintextBytes(ciphertextBytes(size)), size)
      }),
    )
    for (const size of SIZES) assert.equal(plaintextBytes(ciphertextBytes(size)), size)
  })

  test('are refused when no file has them', () => {
    for (const size of [-1, 0.5, Number.NaN, MAX_CELLS * CELL_PLAINTEXT_BYTES + 1]) {
      assert.throws(() => ciphertextBytes(size), { code: 'BAD_SIZE' })
    }
    for (const size of [0, 15, CELL_BYTES + 16, CELL_BYTES + 3, -5, Number.NaN]) {
      assert.throws(() => plaintextBytes(size), { code: 'BAD_SIZE' })
    }
  })

  test('are the same in crypto and protocol', () => {
    assert.equal(layout.CELL_BYTES, CELL_BYTES)
    assert.equal(layout.CELL_PLAINTEXT_BYTES, CELL_PLAINTEXT_BYTES)
    assert.equal(layout.MAX_FILE_BYTES, MAX_CELLS * CELL_PLAINTEXT_BYTES)
  })
})

describe('cipher engines', () => {
  test('give the same keystream from any block of any stream', async () => {
    const key = bytes(32)
    const [byNode, byWeb] = [await node.ctr(key), await web.ctr(key)]
    for (const counter of [{ block: 0 }, { block: 2 ** 40 + 1 }, { stream: 2 ** 33, block: 5 }]) {
      const message = bytes(100)
      assert.deepEqual(await byNode.apply(counter, message), await byWeb.apply(counter, message))
    }
  })

  test('seal and open what the other sealed, with associated bytes', async () => {
    const [key, nonce, associated] = [bytes(32), bytes(12), bytes(9)]
    for (const [one, other] of [
      [node, web],
      [web, node],
    ] as const) {
      const message = { nonce, bytes: bytes(50), associated }
      const sealed = await (await one.gcm(key)).seal(message)
      const cipher = await other.gcm(key)
      assert.deepEqual(await cipher.open({ nonce, bytes: sealed, associated }), message.bytes)
      assert.equal(await cipher.open({ nonce, bytes: sealed }), undefined)
      assert.equal(await cipher.open({ nonce, bytes: sealed.subarray(0, 9) }), undefined)
    }
  })

  test('are chosen by what the platform has', () => {
    assert.equal(platformEngine().name, 'node')
  })
})
