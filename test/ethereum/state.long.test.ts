import assert from 'node:assert/strict'
import { test } from 'node:test'
import { needsShared } from '../helpers/shared.ts'
import { STATE_PACK } from './stateCases.ts'
import { runSuite } from './suite.ts'

const options = needsShared('fixtures/ethereum', STATE_PACK)

test(
  'every official state test from Cancun to Osaka passes in our executor',
  options,
  async (context) => {
    const passed = await runSuite(context, { suite: 'state', every: 1 })
    assert.deepEqual(Object.fromEntries(passed), { Cancun: 8_824, Prague: 9_919, Osaka: 10_557 })
  },
)
