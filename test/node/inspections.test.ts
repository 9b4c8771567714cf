import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { decodeHeaderExtra } from '../../src/protocol/header.ts'
import { asNetworkTransaction } from '../../src/protocol/networkTransaction.ts'
import { createHeftSync } from '../../src/protocol/networkTransactionCodec.ts'
import { startTestDevnet, type TestDevnet } from '../helpers/devnet.ts'
import { eventsOf, startInspectedFarmer, submitAnswer } from './inspectedFarmer.ts'

const NOBODY = '0x00000000000000000000000000000000000000aa'

/** A devnet that mines by hand, with an open challenge. */
async function startChallenged() {
  const devnet = await startTestDevnet({ answerGraceSeconds: 0 })
  const farmer = await startInspectedFarmer(devnet)
  devnet.control.setAutomine(false)
  const challenge = await farmer.openChallenge()
  const { chain, pool } = devnet.node
  return Object.assign(devnet, { ...challenge, farmer, chain, pool, lane: pool.lane })
}

const answersIn = ({ node }: TestDevnet): bigint[] =>
  node.chain.head.transactions
    .map(asNetworkTransaction)
    .flatMap((transaction) => (transaction?.kind === 10 ? [transaction.nonce] : []))

describe('an answer', () => {
  test('is in a block before its submission returns', async () => {
    await using devnet = await startChallenged()
    devnet.control.setAutomine(true)
    const answer = await devnet.farmer.answer(devnet.challengeId)
    const receipt = devnet.receiptOf(await submitAnswer(devnet, answer))
    assert.deepEqual([receipt?.type, receipt?.status, receipt?.gasUsed], [0x60, 1, 0n])
    assert.equal(devnet.lane.count, 0)
  })

  test('raises the inspections that the header counts', async () => {
    await using devnet = await startChallenged()
    await submitAnswer(devnet, await devnet.farmer.answer(devnet.challengeId))
    await devnet.control.mine()
    const { totalInspections } = decodeHeaderExtra(devnet.chain.head.header.extraData)
    assert.equal(totalInspections, 65_536n)
  })

  test('is in the next block, however many ordinary transactions wait and whatever they pay', async () => {
    await using devnet = await startChallenged()
    const { control, pool } = devnet
    const flood = { to: NOBODY, maxPriorityFeePerGas: 10n ** 11n, gasLimit: 1_000_000n }
    for (let i = 0; i < 200; i++) {
      const nonce = Math.floor(i / 10) + (i % 10 === 0 ? 2 : 0)
      // Burns its whole gas limit: creation code that is no code.
      const request = { ...flood, to: null, data: '0xfe', nonce }
      await pool.add(await devnet.sign(i % 10, request))
    }
    await submitAnswer(devnet, await devnet.farmer.answer(devnet.challengeId))
    await control.mine()
    const { transactions, header } = devnet.chain.head
    assert.ok(pool.pendingCount > 100, `only ${pool.pendingCount} wait`)
    assert.ok(header.gasLimit - header.gasUsed < 1_000_000n)
    assert.deepEqual(answersIn(devnet), [devnet.challengeId])
    assert.equal(transactions.findIndex(asNetworkTransaction) > 0, true)
  })

  test('waits where nothing is mined by itself, and is told by hash', async () => {
    await using devnet = await startChallenged()
    const answer = await devnet.farmer.answer(devnet.challengeId)
    await submitAnswer(devnet, answer)
    assert.equal(devnet.lane.count, 1)
    assert.equal(devnet.lane.isAnswered(devnet.challengeId), true)
    assert.equal(asNetworkTransaction(devnet.pool.get(answer.hash())!), answer)
    assert.equal(devnet.pool.pendingCount, 0)
  })

  test('gives way to one with a newer anchor, and to no other', async () => {
    await using devnet = await startChallenged()
    const { challengeId, farmer, chain, lane } = devnet
    const { number } = chain.head.header
    await submitAnswer(devnet, await farmer.answer(challengeId, { anchorNumber: number - 1n }))
    const older = await farmer.answer(challengeId, { anchorNumber: number - 2n })
    await assert.rejects(submitAnswer(devnet, older), { code: 'ANSWER_PENDING' })
    const newer = await farmer.answer(challengeId)
    await submitAnswer(devnet, newer)
    assert.deepEqual(lane.content(), [newer])
    await assert.rejects(submitAnswer(devnet, newer), { code: 'ALREADY_KNOWN' })
  })
})

describe('an answer is refused', () => {
  test('with an anchor that is too far back, or of another chain', async () => {
    await using devnet = await startChallenged()
    const { challengeId, farmer, chain } = devnet
    const { number } = chain.head.header
    const submit = async (anchorNumber: bigint) =>
      submitAnswer(devnet, await farmer.answer(challengeId, { anchorNumber }))
    await assert.rejects(submit(number - 4n), { code: 'STALE_ANCHOR', message: /^stale anchor/ })
    const undone = await farmer.answer(challengeId)
    const snapshot = chain.blockByNumber(number - 1n)!
    await chain.rewind(snapshot)
    await assert.rejects(submitAnswer(devnet, undone), { code: 'STALE_ANCHOR' })
  })

  test('from an account that does not own the node', async () => {
    await using devnet = await startChallenged()
    const { challengeId, farmer, control } = devnet
    const privateKey = Buffer.from(control.accounts[0]!.privateKey.slice(2), 'hex')
    const foreign = await farmer.answer(challengeId, { privateKey: new Uint8Array(privateKey) })
    await assert.rejects(submitAnswer(devnet, foreign), { code: 'SPECIAL_REVERTED' })
  })

  test('to a challenge that nobody has', async () => {
    await using devnet = await startChallenged()
    const proof = new Uint8Array(100)
    const unknown = await devnet.farmer.answer(99n, { proof })
    await assert.rejects(submitAnswer(devnet, unknown), { code: 'SPECIAL_REVERTED' })
  })

  test('with a proof that is not the challenge\u2019s', async () => {
    await using devnet = await startChallenged()
    const proof = new Uint8Array(1_000)
    const wrong = await devnet.farmer.answer(devnet.challengeId, { proof })
    await assert.rejects(submitAnswer(devnet, wrong), { code: 'SPECIAL_REVERTED' })
    assert.equal(devnet.lane.count, 0)
  })

  test('after its last slot', async () => {
    await using devnet = await startChallenged()
    const { challengeId, farmer, chain, control, deadlineSlot } = devnet
    while (decodeHeaderExtra(chain.head.header.extraData).slot < deadlineSlot) await control.mine()
    const late = await farmer.answer(challengeId)
    await assert.rejects(submitAnswer(devnet, late), { code: 'SPECIAL_REVERTED' })
  })

  test('for another chain', async () => {
    await using devnet = await startChallenged()
    const { challengeId, farmer } = devnet
    const foreign = await farmer.answer(challengeId, { chainId: 1n })
    await assert.rejects(submitAnswer(devnet, foreign), {
      code: 'WRONG_CHAIN_ID',
      message: 'invalid chain id for signer: have 1 want 31300',
    })
  })

  test('as what every node makes by itself is', async () => {
    await using devnet = await startTestDevnet()
    await assert.rejects(submitAnswer(devnet, createHeftSync(31_300n, 1n)), {
      code: 'DERIVED_KIND',
    })
  })
})

describe('a waiting answer', () => {
  test('comes back with the snapshot it waited in, and is mined anew', async () => {
    await using devnet = await startChallenged()
    const { control, lane, challengeId, farmer } = devnet
    await submitAnswer(devnet, await farmer.answer(challengeId))
    const id = await control.snapshot()
    await control.mine()
    assert.equal(lane.count, 0)
    await control.revert(id)
    assert.equal(lane.count, 1)
    await control.mine()
    assert.deepEqual(answersIn(devnet), [challengeId])
  })

  test('is gone with a revert to before its challenge', async () => {
    await using devnet = await startTestDevnet({ answerGraceSeconds: 0 })
    const farmer = await startInspectedFarmer(devnet)
    devnet.control.setAutomine(false)
    const id = await devnet.control.snapshot()
    const { challengeId } = await farmer.openChallenge()
    await submitAnswer(devnet, await farmer.answer(challengeId))
    await devnet.control.revert(id)
    assert.equal(devnet.node.pool.lane.count, 0)
  })

  test('is taken back from a block that is undone, where its anchor still stands', async () => {
    await using devnet = await startChallenged()
    const { control, lane, chain, challengeId, farmer } = devnet
    const before = chain.head
    const answer = await farmer.answer(challengeId)
    await submitAnswer(devnet, answer)
    await control.mine()
    await chain.rewind(before)
    assert.deepEqual(lane.content(), [answer])
    await chain.rewind(chain.blockByNumber(before.header.number - 1n)!)
    assert.equal(lane.count, 0)
  })

  test('is dropped when it no longer fits, and harms no block', async () => {
    await using devnet = await startChallenged()
    const { control, pool, lane, challengeId, farmer, chain } = devnet
    await submitAnswer(devnet, await farmer.answer(challengeId))
    const waiting = pool.snapshot()
    await control.mine()
    assert.deepEqual(eventsOf(chain, chain.head, 'Inspections').includes('Passed'), true)
    await pool.restore(waiting)
    assert.equal(lane.count, 0)
  })
})
