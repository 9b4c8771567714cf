import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ApiError } from '../../../src/api/errors.ts'
import { formatAmount, parseAmountWei } from '../../../src/api/units/amount.ts'
import { formatSize, parseSizeBytes } from '../../../src/api/units/size.ts'
import { formatTerm, parseTermSeconds } from '../../../src/api/units/term.ts'

const refuses = (parse: (text: string) => bigint, code: string, texts: readonly string[]): void => {
  for (const text of texts) {
    assert.throws(
      () => parse(text),
      (error) => error instanceof ApiError && error.code === code && error.hint !== undefined,
      `"${text}" was taken`,
    )
  }
}

const NONSENSE = [
  '',
  ' ',
  '0',
  '-1',
  '1e9',
  '0x10',
  'NaN',
  '1,5',
  '1..5',
  '.5',
  '1 2',
  '1'.repeat(99),
]

describe('sizes', () => {
  test('a GB is 10^9 bytes and a GiB 2^30, in any case and with or without a space', () => {
    assert.equal(parseSizeBytes('3GB'), 3_000_000_000n)
    assert.equal(parseSizeBytes('3 gb'), 3_000_000_000n)
    assert.equal(parseSizeBytes('512MiB'), 512n * 1024n * 1024n)
    assert.equal(parseSizeBytes('1.5TB'), 1_500_000_000_000n)
    assert.equal(parseSizeBytes('1B'), 1n)
  })

  test('a size without a unit, of zero, or of a part of a byte is refused', () => {
    refuses(parseSizeBytes, 'BAD_SIZE', [...NONSENSE, '3', '0GB', '1.5B', '3 parsecs', '3GB 1MB'])
  })

  test('are shown in the largest unit they fill, rounded down', () => {
    assert.equal(formatSize(0n), '0 B')
    assert.equal(formatSize(999n), '999 B')
    assert.equal(formatSize(3_000_000_000n), '3 GB')
    assert.equal(formatSize(1_999_999n), '1.999 MB')
    assert.equal(formatSize(2n ** 63n), '9223.372 PB')
  })
})

describe('terms', () => {
  test('a month is 30 days and a year 365', () => {
    assert.equal(parseTermSeconds('90d'), 90n * 86_400n)
    assert.equal(parseTermSeconds('3months'), 90n * 86_400n)
    assert.equal(parseTermSeconds('1 year'), 365n * 86_400n)
    assert.equal(parseTermSeconds('1.5h'), 5_400n)
    assert.equal(parseTermSeconds('42s'), 42n)
  })

  test('a term without a unit, of zero, or with an unclear unit is refused', () => {
    refuses(parseTermSeconds, 'BAD_TERM', [...NONSENSE, '90', '0d', '3m', '1.5s', '3 fortnights'])
  })

  test('are shown in their two largest units', () => {
    assert.equal(formatTerm(0n), '0 seconds')
    assert.equal(formatTerm(86_400n), '1 day')
    assert.equal(formatTerm(90n * 86_400n + 7_200n + 5n), '90 days 2 hours')
    assert.equal(formatTerm(61n), '1 minute 1 second')
  })
})

describe('amounts', () => {
  test('are GNX unless another unit is written, and exact to the last wei', () => {
    assert.equal(parseAmountWei('5000'), 5_000n * 10n ** 18n)
    assert.equal(parseAmountWei('5_000 GNX'), 5_000n * 10n ** 18n)
    assert.equal(parseAmountWei('0.000000000000000001gnx'), 1n)
    assert.equal(parseAmountWei('3 gwei'), 3_000_000_000n)
    assert.equal(parseAmountWei('7wei'), 7n)
  })

  test('of zero, below a wei, or of another coin are refused', () => {
    refuses(parseAmountWei, 'BAD_AMOUNT', [
      ...NONSENSE,
      '0.0000000000000000001',
      '1.5wei',
      '5 ETH',
      '0 GNX',
    ])
  })

  test('are shown exactly, with grouped thousands', () => {
    assert.equal(formatAmount(0n), '0 GNX')
    assert.equal(formatAmount(10n ** 18n * 1_000_000n), '1,000,000 GNX')
    assert.equal(formatAmount(4_500_000_000_000_000n), '0.0045 GNX')
    assert.equal(formatAmount(1n), '0.000000000000000001 GNX')
  })
})
