import assert from 'node:assert/strict'
import { test } from 'node:test'
import { needsShared } from '../helpers/shared.ts'
import { BLOCK_PACK } from './blockCases.ts'
import { runSuite } from './suite.ts'

const options = needsShared('fixtures/ethereum', BLOCK_PACK)

test(
  'every official block test from Cancun to Osaka passes in our verifier',
  options,
  async (context) => {
    const passed = await runSuite(context, { suite: 'block', every: 1 })
    assert.deepEqual(Object.fromEntries(passed), {
      Cancun: 6_200,
      CancunToPragueAtTime15k: 29,
      Prague: 6_873,
      PragueToOsakaAtTime15k: 16,
      Osaka: 7_172,
    })
  },
)
