import assert from 'node:assert/strict'
import { test } from 'node:test'
import { churn } from './churn.ts'

test('50 nodes with buckets of 20, 30 % killed without warning and joined anew, find 99 % of values and nodes', async (t) => {
  const { values, nodes } = await churn(t, { size: 50, values: 100, k: 20 })
  assert.ok(values.found >= 0.99 * values.asked, `${values.found} of ${values.asked} values`)
  assert.ok(nodes.found >= 0.99 * nodes.asked, `${nodes.found} of ${nodes.asked} nodes`)
})
