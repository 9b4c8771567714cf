import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sha256 } from '@noble/hashes/sha2.js'
import { customCrypto } from '../../src/crypto/customCrypto.ts'

test('SHA-256 is the same as noble gives, in bytes of its own', () => {
  for (const length of [0, 1, 55, 56, 64, 1_000]) {
    const message = new Uint8Array(length).fill(length)
    const digest = customCrypto.sha256(message)
    assert.deepEqual(digest, sha256(message))
    assert.equal(Object.getPrototypeOf(digest), Uint8Array.prototype)
  }
})
