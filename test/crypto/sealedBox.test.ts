import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { randomBytes } from '../../src/crypto/keys.ts'
import { boxPublicKey, openBox, sealBox } from '../../src/crypto/sealedBox.ts'

describe('a sealed box', () => {
  const secret = randomBytes(32)
  const context = new TextEncoder().encode('context')
  const bytes = new TextEncoder().encode('for one reader alone')

  test('opens for the key it was sealed for, and never looks the same', async () => {
    const one = await sealBox(boxPublicKey(secret), bytes, context)
    const other = await sealBox(boxPublicKey(secret), bytes, context)
    assert.deepEqual(await openBox(secret, one, context), bytes)
    assert.notDeepEqual(one, other)
  })

  test('opens for no other key, in no other context, and not when any byte was changed', async () => {
    const sealed = await sealBox(boxPublicKey(secret), bytes, context)
    assert.equal(await openBox(randomBytes(32), sealed, context), undefined)
    assert.equal(await openBox(secret, sealed, bytes), undefined)
    for (let at = 0; at < sealed.length; at++) {
      const changed = sealed.slice()
      changed[at]! ^= 1
      assert.equal(await openBox(secret, changed, context), undefined, `byte ${at}`)
    }
    for (const length of [0, 31, 47, sealed.length - 1]) {
      assert.equal(await openBox(secret, sealed.subarray(0, length), context), undefined)
    }
  })

  test('is not made for points that share the same secret with everybody', async () => {
    await assert.rejects(sealBox(new Uint8Array(32), bytes, context), { code: 'BAD_KEY' })
    await assert.rejects(sealBox(new Uint8Array(31), bytes, context), { code: 'BAD_KEY' })
    assert.equal(await openBox(secret, new Uint8Array(64), context), undefined)
  })
})
