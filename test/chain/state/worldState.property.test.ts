import { describe, test } from 'node:test'
import fc from 'fast-check'
import { anyStep, compareWithModel } from './stateFuzz.ts'

describe('the world state', () => {
  test('reads, reverts and hashes as the plainest model does, whatever happens to it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { maxLength: 60, size: 'max' }), compareWithModel),
      { numRuns: 80 },
    )
  })
})
