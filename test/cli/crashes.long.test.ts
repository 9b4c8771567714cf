import assert from 'node:assert/strict'
import { test } from 'node:test'
import { crashRepeatedly } from './crashes.ts'
import { temporaryDirectory } from './devnetProcess.ts'

test('a hundred kill -9 under load lose no acknowledged transaction', async (t) => {
  assert.ok((await crashRepeatedly(t, temporaryDirectory(t), 100)) >= 300)
})
