import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatAmount, parseAmountWei } from '../../../src/api/units/amount.ts'
import { parseSizeBytes } from '../../../src/api/units/size.ts'
import { parseTermSeconds } from '../../../src/api/units/term.ts'
import { GenaroError } from '../../../src/util/errors.ts'

test('an amount that is shown is read back as the same number of wei', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 10n ** 36n }), (wei) => {
      assert.equal(parseAmountWei(formatAmount(wei).replaceAll(',', '')), wei)
    }),
  )
})

test('any text is either read as a number above zero or refused with a hint', () => {
  const text = fc.oneof(fc.string(), fc.stringMatching(/^[\d. _]{0,12}[a-zA-Z]{0,6}$/))
  fc.assert(
    fc.property(text, (given) => {
      for (const parse of [parseAmountWei, parseSizeBytes, parseTermSeconds]) {
        try {
          assert.ok(parse(given) > 0n)
        } catch (error) {
          assert.ok(error instanceof GenaroError && error.hint !== undefined)
        }
      }
    }),
  )
})
