import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { GNX } from '../../src/protocol/params.ts'
import { ALICE, assertReverted, BOB, succeeded } from '../helpers/contractBench.ts'
import { InspectionBench, SYSTEM } from '../helpers/inspectionBench.ts'
import { putTree } from '../helpers/inspectionState.ts'

/** A count of dead leaves to which nothing can be added any more. */
const FULL_COUNT = (1n << 64n) - 1n

let bench: InspectionBench
beforeEach(async () => {
  bench = await InspectionBench.create()
})

test('a challenge that cannot be settled ends without an outcome and stops no other', async () => {
  const { id: replicaId } = await bench.joined(0, 33)
  const id = succeeded(await bench.call('challenge', [replicaId], BOB, GNX)).result[0]
  await bench.joined(1, 40)
  await putTree(bench.bench, 0n, { deadLeaves: FULL_COUNT })
  const told = []
  for (let block = 0; block < 12; block++) told.push(...(await bench.endBlock()).events)
  const voided = told.filter(({ name }) => name === 'ChallengeVoided')
  assert.deepEqual(
    voided.map(({ args }) => [...args]),
    [[0n, id]],
  )
  assert.equal(await bench.view('creditOf', BOB), GNX)
  assert.equal((await bench.tree(1)).strikes, 1n)
})

test('a node whose round cannot be judged stops no other, and the next round comes', async () => {
  for (const node of [0, 1]) await bench.joined(node, 40)
  // Stale since long ago, with as many strikes as can be counted.
  await putTree(bench.bench, 0n, { deadLeaves: 40n, staleTime: 1n, strikes: 255n })
  for (let block = 0; block < 25; block++) await bench.endBlock()
  assert.equal(await bench.view('openChallengeOf', 0), 0n)
  assert.ok((await bench.tree(1)).strikes! > 0n)
})

test('the parts of a step are the contract’s own', async () => {
  for (const from of [ALICE, SYSTEM]) {
    assertReverted(await bench.call('settleExpired', [1], from), 'OnlyContract')
    assertReverted(await bench.call('visit', [0, 1, 1], from), 'OnlyContract')
  }
})
