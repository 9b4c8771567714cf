import assert from 'node:assert/strict'
import { test } from 'node:test'
import { crashRepeatedly } from './crashes.ts'
import { temporaryDirectory } from './devnetProcess.ts'

test('kill -9 under load loses no acknowledged transaction, and the chain goes on', async (t) => {
  assert.ok((await crashRepeatedly(t, temporaryDirectory(t), 4)) >= 12)
})
