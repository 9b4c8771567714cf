import { describe, test } from 'node:test'
import fc from 'fast-check'
import { anyStep, compareWithModel } from './stateFuzz.ts'

describe('the world state, at length', () => {
  test('reads, reverts and hashes as the plainest model does over long histories', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { maxLength: 400, size: 'max' }), compareWithModel),
      { numRuns: 400 },
    )
  })
})
