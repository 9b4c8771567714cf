import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatTime } from '../../../src/api/units/time.ts'

test('a moment is told in UTC, and as a number where no calendar reaches', () => {
  assert.equal(formatTime(1_767_225_600n), '2026-01-01 00:00:00 UTC')
  assert.equal(formatTime((1n << 48n) - 1n), 'second 281474976710655')
})
