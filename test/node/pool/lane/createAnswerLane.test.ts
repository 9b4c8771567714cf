import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createAnswerLane } from '../../../../src/node/pool/lane/createAnswerLane.ts'
import { createAnswerTrial } from '../../../../src/node/pool/lane/trial.ts'
import { DEFAULT_POOL_LIMITS, type PoolLimits } from '../../../../src/node/pool/limits.ts'
import { readSystem } from '../../../../src/node/systemState.ts'
import { systemContractInterface } from '../../../../src/protocol/systemContracts.ts'
import { silentLogger } from '../../../../src/util/logger.ts'
import { startTestDevnet } from '../../../helpers/devnet.ts'
import { startInspectedFarmer } from '../../inspectedFarmer.ts'

const CHALLENGE_BLOCKS = 40

/** A lane of its own over a devnet that mines by hand, whose trials are counted. */
async function startLane(overrides: Partial<PoolLimits> = {}) {
  const devnet = await startTestDevnet({ answerGraceSeconds: 0 })
  const farmer = await startInspectedFarmer(devnet)
  devnet.control.setAutomine(false)
  const { chain } = devnet.node
  const seen = { trials: 0, atOnce: 0, most: 0 }
  const trial = createAnswerTrial(chain, () => devnet.node.pendingBlock().header)
  const lane = createAnswerLane({
    chain,
    limits: { ...DEFAULT_POOL_LIMITS, ...overrides },
    logger: silentLogger,
    trial: async (transaction) => {
      seen.trials++
      seen.most = Math.max(seen.most, ++seen.atOnce)
      try {
        await trial(transaction)
      } finally {
        seen.atOnce--
      }
    },
  })
  chain.onHead(lane.onHeadChange)
  return Object.assign(devnet, { farmer, chain, lane, seen })
}

const strangerKey = new Uint8Array(32).fill(0x55)

/** The name of the contract's error with which an answer is refused. */
async function refusalOf(adding: Promise<void>): Promise<string | undefined> {
  try {
    await adding
  } catch (error) {
    const { code, facts } = error as { code: string; facts: Record<string, unknown> }
    if (code !== 'SPECIAL_REVERTED') return code
    return systemContractInterface('Inspections').parseError(facts.data as string)?.name
  }
  return undefined
}

const proofEnding = (byte: number): Uint8Array => {
  const proof = new Uint8Array(1_000)
  proof[999] = byte
  return proof
}

describe('the lane of answers', () => {
  test('runs nothing for a stranger, for an unknown challenge or for one that is not open', async () => {
    await using made = await startLane()
    const { farmer, lane, seen, control, chain } = made
    const proof = proofEnding(1)
    const unknown = await farmer.answer(99n, { proof })
    assert.equal(await refusalOf(lane.add(unknown)), 'UnknownChallenge')
    const waiting = () => readSystem<bigint>(chain, 'Inspections', 'openChallengeOf', farmer.node)
    for (let block = 0; block < CHALLENGE_BLOCKS && (await waiting()) === 0n; block++) {
      await control.mine()
    }
    const early = await farmer.answer(await waiting(), { proof })
    assert.equal(await refusalOf(lane.add(early)), 'NotOpenYet')
    const { challengeId } = await farmer.openChallenge()
    const foreign = await farmer.answer(challengeId, { privateKey: strangerKey })
    assert.equal(await refusalOf(lane.add(foreign)), 'NotNodeOwner')
    assert.equal(seen.trials, 0)
    await lane.add(await farmer.answer(challengeId))
    assert.deepEqual([seen.trials, lane.count], [1, 1])
  })

  test('runs one refused answer of a farmer to a challenge in each block, and then a right one', async () => {
    await using made = await startLane()
    const { farmer, lane, seen, control } = made
    const { challengeId } = await farmer.openChallenge()
    for (let byte = 0; byte < 5; byte++) {
      const wrong = await farmer.answer(challengeId, { proof: proofEnding(byte) })
      assert.equal(await refusalOf(lane.add(wrong)), 'BadProof')
    }
    assert.equal(seen.trials, 1)
    await control.mine()
    await lane.add(await farmer.answer(challengeId))
    assert.deepEqual([seen.trials, lane.count], [2, 1])
  })

  test('runs one answer at a time, and one of a farmer to a challenge', async () => {
    await using made = await startLane()
    const { farmer, lane, seen } = made
    const { challengeId } = await farmer.openChallenge()
    const answers = await Promise.all(
      [0, 1, 2].map((byte) => farmer.answer(challengeId, { proof: proofEnding(byte) })),
    )
    const refusals = await Promise.all(answers.map((answer) => refusalOf(lane.add(answer))))
    assert.deepEqual(refusals, ['BadProof', 'ANSWER_PENDING', 'ANSWER_PENDING'])
    assert.deepEqual([seen.trials, seen.most], [1, 1])
  })

  test('takes no more back from undone blocks than its limits let in', async () => {
    for (const laneTransactions of [1, 0]) {
      await using made = await startLane({ laneTransactions })
      const { farmer, lane, control, chain, node } = made
      const { challengeId } = await farmer.openChallenge()
      const before = chain.head
      await node.pool.lane.add(await farmer.answer(challengeId))
      await control.mine()
      assert.equal(lane.count, 0)
      await chain.rewind(before)
      assert.equal(lane.count, laneTransactions)
    }
  })
})
