import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createPatience } from '../../../../src/storage/farmer/inspection/patience.ts'

test('what fails again and again is tried ever more rarely, and what is refused in ever smaller parts', () => {
  let now = 0
  const patience = createPatience({
    limit: 64,
    firstRetryMs: 10,
    lastRetryMs: 1_000,
    clock: () => now,
  })
  const waits: number[] = []
  const limits: number[] = []
  for (let failure = 0; failure < 9; failure++) {
    patience.failed(true)
    limits.push(patience.limit)
    const failedAt = now
    while (!patience.isReady()) now += 10
    waits.push(now - failedAt)
  }
  assert.deepEqual(waits, [10, 20, 40, 80, 160, 320, 640, 1_000, 1_000])
  assert.deepEqual(limits, [32, 16, 8, 4, 2, 1, 1, 1, 1])
  patience.succeeded()
  assert.equal(patience.limit, 2)
  patience.failed(false)
  assert.equal(patience.limit, 2, 'a chain that does not answer says nothing about the size')
})
