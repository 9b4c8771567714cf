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
  return Object.assign(devnet, { timers, farmer, nextSlot, ...challenge })
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

  test('is sealed without one five seconds after the challenge was opened', async () => {
    await using devnet = await startBeforeDeadline()
    const { control, node, timers } = devnet
    const { number } = node.chain.head.header
    let isMined = false
    const mined = control.mine().then(() => {
      isMined = true
    })
    await settle()
    timers.advance(4_999)
    await settle()
    assert.equal(isMined, false)
    timers.advance(1)
    await mined
    assert.equal(node.chain.head.header.number, number + 1n)
    await control.mine()
    assert.ok(eventsOf(node.chain, node.chain.head, 'Inspections').includes('Struck'))
  })

  test('waits 1.5 seconds for a farmer that let its last challenge pass, until it passes one', async () => {
    await using devnet = await startBeforeDeadline()
    const { control, node, timers, farmer } = devnet
    timers.advance(5_000)
    await control.mine({ blocks: 2 })
    assert.ok(eventsOf(node.chain, node.chain.head, 'Inspections').includes('Struck'))

    const missed = await farmer.openChallenge()
    while (devnet.nextSlot() < missed.deadlineSlot) await control.mine()
    const mined = control.mine()
    await settle()
    timers.advance(1_500)
    await mined

    const passed = await farmer.openChallenge()
    await submitAnswer(devnet, await farmer.answer(passed.challengeId))
    await control.mine()
    const last = await farmer.openChallenge()
    while (devnet.nextSlot() < last.deadlineSlot) await control.mine()
    const { number } = node.chain.head.header
    const waiting = control.mine()
    await settle()
    timers.advance(1_500)
    await settle()
    assert.equal(node.chain.head.header.number, number)
    await submitAnswer(devnet, await farmer.answer(last.challengeId))
    await waiting
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
    timers.advance(5_000)
    await submitAnswer(devnet, await farmer.answer(challengeId))
    await control.mine()
    await control.revert(id)
    const mined = control.mine()
    await submitAnswer(devnet, await farmer.answer(challengeId))
    await mined
    assert.deepEqual(eventsOf(node.chain, node.chain.head, 'Inspections'), ['Passed'])
  })

  test('lets submissions return meanwhile, and takes them along', async () => {
    await using devnet = await startBeforeDeadline()
    const { challengeId, farmer, control, node } = devnet
    control.setAutomine(true)
    const hash = await node.submit(await devnet.sign(0, { to: farmer.address }))
    assert.equal(devnet.receiptOf(hash), undefined)
    await submitAnswer(devnet, await farmer.answer(challengeId))
    await control.snapshot()
    assert.equal(devnet.receiptOf(hash)?.status, 1)
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
