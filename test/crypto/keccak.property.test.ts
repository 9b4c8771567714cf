import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { bytesToHex, hexToBytes } from '@ethereumjs/util'
import { keccak_256 } from '@noble/hashes/sha3.js'
import fc from 'fast-check'
import { keccak256 } from '../../src/crypto/keccak.ts'

describe('keccak256', () => {
  test('hashes the empty message to the published value', () => {
    assert.equal(
      bytesToHex(keccak256(new Uint8Array(0))),
      '0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470',
    )
  })

  test('agrees with a second implementation on messages of any length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 700 }), (message) => {
        assert.equal(bytesToHex(keccak256(message)), bytesToHex(keccak_256(message)))
      }),
      { numRuns: 500 },
    )
  })

  test('agrees with a second implementation around its block and buffer sizes', () => {
    for (const size of [135, 136, 137, 271, 272, 16_383, 16_384, 16_385, 100_000]) {
      const message = new Uint8Array(size).fill(size)
      assert.deepEqual(keccak256(message), keccak_256(message))
    }
  })

  test('gives every caller an array of its own', () => {
    const first = keccak256(hexToBytes('0x01'))
    const kept = bytesToHex(first)
    const second = keccak256(hexToBytes('0x02'))
    assert.equal(bytesToHex(first), kept)
    second.fill(0)
    assert.equal(
      bytesToHex(keccak256(hexToBytes('0x02'))),
      bytesToHex(keccak_256(Uint8Array.of(2))),
    )
    assert.notEqual(first.buffer, second.buffer)
  })

  test('hashes a view without its surroundings', () => {
    const whole = Uint8Array.from({ length: 96 }, (_, index) => index)
    assert.deepEqual(keccak256(whole.subarray(32, 64)), keccak_256(whole.slice(32, 64)))
  })
})
