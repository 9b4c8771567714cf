import { test } from 'node:test'
import { needsShared } from '../helpers/shared.ts'
import { STATE_PACK } from './stateCases.ts'
import { runSuite } from './suite.ts'

const options = needsShared('fixtures/ethereum', STATE_PACK)

test('every thirtieth official state test passes in our executor', options, async (context) => {
  await runSuite(context, { suite: 'state', every: 30 })
})
