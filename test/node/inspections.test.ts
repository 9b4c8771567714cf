import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { startTestDevnet } from '../helpers/devnet.ts'
import { startInspectedFarmer, submitAnswer } from './inspectedFarmer.ts'

describe('an answer', () => {
  test('is in a block before its submission returns', async () => {
    await using devnet = await startTestDevnet({ answerGraceSeconds: 0 })
    const farmer = await startInspectedFarmer(devnet)
    const { challengeId } = await farmer.openChallenge()
    const answer = await farmer.answer(challengeId)
    const receipt = devnet.receiptOf(await submitAnswer(devnet, answer))
    assert.deepEqual([receipt?.type, receipt?.status, receipt?.gasUsed], [0x60, 1, 0n])
    assert.equal(devnet.node.pool.lane.count, 0)
  })
})
