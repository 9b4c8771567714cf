import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { commonPrefixBits, isCloser, nearest, xorDistance } from '../../../src/storage/dht/xor.ts'

const id = fc.uint8Array({ minLength: 32, maxLength: 32 })

describe('the XOR metric (YP 2.3)', () => {
  test('0011 and 1001 are 1010 = 10 apart, as in the paper', () => {
    assert.equal(xorDistance(Uint8Array.of(0b0011), Uint8Array.of(0b1001)), 10n)
  })

  test('is zero only to oneself, the same both ways, and no detour is shorter', () => {
    fc.assert(
      fc.property(id, id, id, (a, b, c) => {
        assert.equal(xorDistance(a, a), 0n)
        assert.equal(xorDistance(a, b), xorDistance(b, a))
        assert.ok(xorDistance(a, c) <= xorDistance(a, b) + xorDistance(b, c))
      }),
    )
  })

  test('puts an id at distance 2^i to 2^(i+1) into bucket 255 − i', () => {
    const self = new Uint8Array(32)
    for (let i = 0; i < 256; i++) {
      const other = new Uint8Array(32)
      other[31 - (i >> 3)] = 1 << (i & 7)
      assert.equal(xorDistance(self, other), 1n << BigInt(i))
      assert.equal(commonPrefixBits(self, other), 255 - i)
    }
    assert.equal(commonPrefixBits(self, self), 256)
  })

  test('orders ids by their distance', () => {
    fc.assert(
      fc.property(id, fc.array(id, { maxLength: 30 }), fc.nat(10), (target, ids, count) => {
        const ordered = nearest(
          target,
          ids.map((kadId) => ({ kadId })),
          count,
        )
        const distances = ids.map((other) => xorDistance(target, other))
        distances.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
        assert.deepEqual(
          ordered.map(({ kadId }) => xorDistance(target, kadId)),
          distances.slice(0, count),
        )
        for (const other of ids) {
          const [first] = ordered
          if (first !== undefined) assert.ok(!isCloser(target, other, first.kadId))
        }
      }),
    )
  })
})
