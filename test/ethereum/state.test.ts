import { test } from 'node:test'
import { needsShared } from '../helpers/shared.ts'
import { runStateCase } from './runStateCase.ts'
import { readStateCases, STATE_PACK } from './stateCases.ts'
import { runSuite } from './suite.ts'

const options = needsShared('fixtures/ethereum', STATE_PACK)

test('every thirtieth official state test passes in our executor', options, async (context) => {
  await runSuite(context, { cases: readStateCases(), run: runStateCase, every: 30 })
})
