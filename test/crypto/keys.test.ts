import assert from 'node:assert/strict'
import { hkdfSync } from 'node:crypto'
import { describe, test } from 'node:test'
import { createFileKey, unwrapFileKey, wrapFileKey } from '../../src/crypto/fileKey.ts'
import {
  createMasterSeed,
  deriveBucketKey,
  deriveKey,
  deriveNameKey,
  deriveReplicaKeys,
  deriveSearchKey,
} from '../../src/crypto/keys.ts'
import { openManifest, sealManifest } from '../../src/crypto/manifestCipher.ts'

const filled = (byte: number, length = 32): Uint8Array => new Uint8Array(length).fill(byte)
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

describe('deriveKey', () => {
  test('is HKDF-SHA-256 over the purpose and contexts with their lengths, as Node has it', () => {
    const info = Buffer.concat([
      Buffer.from('genaro/seal/v1'),
      Buffer.from([0, 0, 0, 2]),
      filled(5, 2),
      Buffer.from([0, 0, 0, 0]),
    ])
    const expected = hkdfSync('sha256', filled(1), Buffer.alloc(0), info, 32)
    const key = deriveKey(filled(1), 'seal', filled(5, 2), new Uint8Array(0))
    assert.equal(hex(key), Buffer.from(expected).toString('hex'))
  })

  test('keeps contexts apart that have the same bytes one after another', () => {
    const [a, b, both] = [filled(1, 1), filled(2, 1), Uint8Array.of(1, 2)]
    const keys = [
      deriveKey(filled(1), 'seal', a, b),
      deriveKey(filled(1), 'seal', both),
      deriveKey(filled(1), 'seal', both, new Uint8Array(0)),
    ]
    assert.equal(new Set(keys.map(hex)).size, 3)
  })

  test('refuses a key of another length', () => {
    assert.throws(() => deriveKey(filled(1, 31), 'seal'), { code: 'BAD_KEY' })
    assert.throws(() => deriveBucketKey(filled(1, 64), filled(0)), { code: 'BAD_SEED' })
  })
})

describe('the key hierarchy', () => {
  test('gives every purpose, bucket and file a key of its own', () => {
    const keys = [1, 2].flatMap((bucket) => {
      const bucketKey = deriveBucketKey(filled(9), filled(bucket))
      const files = [3, 4].flatMap((file) =>
        Object.values(deriveReplicaKeys(bucketKey, filled(file))),
      )
      return [bucketKey, deriveSearchKey(bucketKey), deriveNameKey(bucketKey), ...files]
    })
    assert.equal(new Set(keys.map(hex)).size, 18)
  })

  test('begins with randomness', () => {
    assert.notEqual(hex(createMasterSeed()), hex(createMasterSeed()))
    assert.notEqual(hex(createFileKey()), hex(createFileKey()))
  })
})

describe('a wrapped file key', () => {
  const scope = { bucketKey: filled(1), fileId: filled(2) }

  test('opens with the bucket key and file id it was wrapped for', async () => {
    const fileKey = createFileKey()
    assert.deepEqual(await unwrapFileKey(scope, await wrapFileKey(scope, fileKey)), fileKey)
  })

  test('opens with no other, and not when a bit of it is changed', async () => {
    const wrapped = await wrapFileKey(scope, createFileKey())
    const refused = { code: 'BAD_KEY' }
    await assert.rejects(unwrapFileKey({ ...scope, bucketKey: filled(3) }, wrapped), refused)
    await assert.rejects(unwrapFileKey({ ...scope, fileId: filled(3) }, wrapped), refused)
    await assert.rejects(unwrapFileKey(scope, wrapped.slice(1)), refused)
    for (let at = 0; at < wrapped.length; at++) {
      const changed = wrapped.slice()
      changed[at]! ^= 0x10
      await assert.rejects(unwrapFileKey(scope, changed), refused)
    }
  })
})

describe('a sealed manifest', () => {
  test('opens with its bucket key and never looks the same twice', async () => {
    const manifest = filled(7, 1_000)
    const sealed = await sealManifest(filled(1), manifest)
    assert.deepEqual(await openManifest(filled(1), sealed), manifest)
    assert.notEqual(hex(sealed), hex(await sealManifest(filled(1), manifest)))
  })

  test('is refused under another key, cut, or with any byte changed', async () => {
    const sealed = await sealManifest(filled(1), filled(7, 40))
    const refused = { code: 'BAD_MANIFEST' }
    await assert.rejects(openManifest(filled(2), sealed), refused)
    for (let at = 0; at < sealed.length; at++) {
      await assert.rejects(openManifest(filled(1), sealed.subarray(0, at)), refused)
      const changed = sealed.slice()
      changed[at]! ^= 1
      await assert.rejects(openManifest(filled(1), changed), refused)
    }
  })
})
