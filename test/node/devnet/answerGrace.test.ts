import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { decodeHeaderExtra } from '../../../src/protocol/header.ts'
import { startTestDevnet } from '../../helpers/devnet.ts'
import { eventsOf, startInspectedFarmer, submitAnswer } from '../inspectedFarmer.ts'
import { createFakeTimers } from './fakeTimers.ts'

/** A devnet one block before the last that can take the answer to an open challenge. */
async function startBeforeDeadline() {
  const timers = createFakeTimers()
  const devnet = await startTestDevnet({ timers })
  const { control, node } = devnet
  const farmer = await startInspectedFarmer(devnet)
  control.setAutomine(false)
  const challenge = await farmer.openChallenge()
  const nextSlot = () => decodeHeaderExtra(node.chain.head.header.extraData).slot + 1n
  while (nextSlot() < challenge.deadlineSlot) await control.mine()
  return Object.assign(devnet, { timers, farmer, ...challenge })
}

/** Lets everything that is under way go as far as it can. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate)
}

describe('the last block that can take an answer', () => {
  test('waits for the answer, and takes it', async () => {
    await using devnet = await startBeforeDeadline()
    const { challengeId, farmer, control, node } = devnet
    const mined = control.mine()
    await submitAnswer(devnet, await farmer.answer(challengeId))
    await mined
    assert.deepEqual(eventsOf(node.chain, node.chain.head, 'Inspections'), ['Passed'])
  })

  test('is sealed without one 1.5 seconds after the challenge was opened', async () => {
    await using devnet = await startBeforeDeadline()
    const { control, node, timers } = devnet
    const { number } = node.chain.head.header
    let isMined = false
    const mined = control.mine().then(() => {
      isMined = true
    })
    await settle()
    timers.advance(1_499)
    await settle()
    assert.equal(isMined, false)
    timers.advance(1)
    await mined
    assert.equal(node.chain.head.header.number, number + 1n)
    await control.mine()
    assert.ok(eventsOf(node.chain, node.chain.head, 'Inspections').includes('Struck'))
  })

  test('does not wait where the answer is there already', async () => {
    await using devnet = await startBeforeDeadline()
    const { challengeId, farmer, control, node } = devnet
    await submitAnswer(devnet, await farmer.answer(challengeId))
    await control.mine()
    assert.deepEqual(eventsOf(node.chain, node.chain.head, 'Inspections'), ['Passed'])
  })

  test('waits again for an answer that a revert undid', async () => {
    await using devnet = await startBeforeDeadline()
    const { challengeId, farmer, control, node, timers } = devnet
    const id = await control.snapshot()
    timers.advance(1_500)
    await submitAnswer(devnet, await farmer.answer(challengeId))
    await control.mine()
    await control.revert(id)
    const mined = control.mine()
    await submitAnswer(devnet, await farmer.answer(challengeId))
    await mined
    assert.deepEqual(eventsOf(node.chain, node.chain.head, 'Inspections'), ['Passed'])
  })

  test('does not keep the devnet from closing', async () => {
    const devnet = await startBeforeDeadline()
    const mined = devnet.control.mine()
    await settle()
    await devnet.node.close()
    await mined
  })
})
