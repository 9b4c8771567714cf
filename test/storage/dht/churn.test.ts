import assert from 'node:assert/strict'
import { test } from 'node:test'
import { churn } from './churn.ts'

test('20 nodes, 30 % killed without warning and joined anew, find every value and node', async (t) => {
  const { values, nodes } = await churn(t, 20, 30)
  assert.equal(values.found, values.asked)
  assert.equal(nodes.found, nodes.asked)
})
