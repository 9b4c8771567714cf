import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import {
  address,
  data,
  hash,
  looseUint64,
  quantity,
  storageSlot,
  uint64,
} from '../../../src/api/rpc/values.ts'

const refuses = (
  schema: { safeParse(value: unknown): { success: boolean } },
  values: unknown[],
) => {
  for (const value of values) assert.equal(schema.safeParse(value).success, false, String(value))
}

describe('a quantity', () => {
  test('is every number up to 256 bits in hexadecimal', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }), (value) => {
        assert.equal(quantity.parse(`0x${value.toString(16)}`), value)
      }),
    )
  })

  test('has no leading zero, no sign, no fraction and at least one digit', () => {
    refuses(quantity, ['0x', '0x00', '0x01', '0x-1', '0x1.5', '1', 'latest', '', 1, null, {}, []])
  })

  test('of 64 bits ends at 2^64', () => {
    assert.equal(uint64.parse('0xffffffffffffffff'), 2n ** 64n - 1n)
    refuses(uint64, ['0x10000000000000000'])
  })
})

test('a loose number is hexadecimal, decimal or a JSON number', () => {
  for (const value of ['0x10', '0x0010', '16', 16]) assert.equal(looseUint64.parse(value), 16n)
  refuses(looseUint64, [-1, 1.5, Number.NaN, 2 ** 60, '', '1e3', ' 1', '0x', '0x10000000000000000'])
})

test('an address has 20 bytes in any capitalisation', () => {
  const text = '0xAbcdef0123456789aBCDEF0123456789abcdef01'
  assert.equal(address.parse(text).toString(), text.toLowerCase())
  refuses(address, ['0x1234', `${text}00`, text.slice(2), `0x${'g'.repeat(40)}`, 1, undefined])
})

test('a hash has 32 bytes', () => {
  assert.equal(hash.parse(`0x${'ab'.repeat(32)}`).length, 32)
  refuses(hash, [`0x${'ab'.repeat(31)}`, `0x${'ab'.repeat(33)}`, '0x'])
})

test('data is whole bytes, none included', () => {
  assert.deepEqual([...data.parse('0x00fF')], [0, 255])
  assert.equal(data.parse('0x').length, 0)
  refuses(data, ['0x0', '00', 'hello', 5])
})

test('a storage slot may be written short or long', () => {
  assert.equal(storageSlot.parse('0x'), 0n)
  assert.equal(storageSlot.parse('0x2'), 2n)
  assert.equal(storageSlot.parse(`0x${'2'.padStart(64, '0')}`), 2n)
  refuses(storageSlot, [`0x${'0'.repeat(65)}`, 2])
})
