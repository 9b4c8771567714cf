import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createMachinePark } from '../../src/chain/machine.ts'
import { address, code, common, createState } from '../helpers/stateFixture.ts'

const blockHashes = () => undefined
/** Each runs for many turns of ten milliseconds. */
const PROGRAMS = {
  'a loop': { bytecode: code('5f5b6001018050600156'), gasLimit: 1_500_000n },
  'a loop of SHA-256': {
    bytecode: code('5f5b5f5f6101005f60025afa50600156'),
    gasLimit: 2_000_000n,
  },
  'a recursion': { bytecode: code('5b5f5f5f5f305afa505f56'), gasLimit: 2_000_000n },
}
type Program = (typeof PROGRAMS)[keyof typeof PROGRAMS]

async function run({ bytecode, gasLimit }: Program, deadline?: number) {
  const state = await createState()
  await state.putCode(address(1), bytecode)
  return createMachinePark({ common }).use({ state, blockHashes, deadline }, ({ evm }) =>
    evm.runCall({ to: address(1), caller: address(2), gasLimit }),
  )
}

/** How often timers got a turn while work was going on. */
async function turnsDuring(work: Promise<unknown>): Promise<number> {
  let turns = 0
  const timer = setInterval(() => turns++, 1)
  await work.finally(() => clearInterval(timer))
  return turns
}

describe('execution', () => {
  for (const [name, program] of Object.entries(PROGRAMS)) {
    test(`of ${name} gives timers and sockets their turn`, async () => {
      assert.ok((await turnsDuring(run(program))) > 0)
    })

    test(`of ${name} ends at its deadline`, async () => {
      const deadline = performance.now() - 1
      await assert.rejects(run(program, deadline), { code: 'EXECUTION_TIMEOUT' })
    })
  }

  test('that pauses uses the gas it would use', async () => {
    const { execResult } = await run(PROGRAMS['a loop'])
    assert.equal(execResult.exceptionError?.error, 'out of gas')
    assert.equal(execResult.executionGasUsed, PROGRAMS['a loop'].gasLimit)
  })
})
