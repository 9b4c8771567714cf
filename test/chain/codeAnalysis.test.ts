import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type CodeAnalysis, createCodeAnalyses } from '../../src/chain/codeAnalysis.ts'
import { address, code, createState, machineOn } from '../helpers/stateFixture.ts'

/** Counts how often code is gone through. */
function counted(keptCodeBytes?: number) {
  const analyses = createCodeAnalyses(keptCodeBytes)
  let count = 0
  const analyse = (): CodeAnalysis => {
    count++
    return { jumps: new Uint8Array(0), pushes: {}, opcodesCached: [] }
  }
  return {
    of: (bytes: Uint8Array) => analyses.of(bytes, analyse),
    get count() {
      return count
    },
  }
}

describe('an analysis of code', () => {
  test('is kept from the second time on', () => {
    const analyses = counted()
    const bytes = new Uint8Array(10)
    for (let i = 0; i < 5; i++) analyses.of(bytes)
    assert.equal(analyses.count, 2)
  })

  test('is not that of other code with the same bytes', () => {
    const analyses = counted()
    for (let i = 0; i < 5; i++) analyses.of(new Uint8Array(10))
    assert.equal(analyses.count, 5)
  })

  test('is given up, the oldest first, when too much is kept', () => {
    const analyses = counted(20)
    const codes = [new Uint8Array(10), new Uint8Array(10), new Uint8Array(10)]
    for (const bytes of codes) {
      analyses.of(bytes)
      analyses.of(bytes)
    }
    const before = analyses.count
    analyses.of(codes[2]!)
    analyses.of(codes[1]!)
    assert.equal(analyses.count, before)
    analyses.of(codes[0]!)
    assert.equal(analyses.count, before + 1)
  })

  test('of code that is larger than all that may be kept is not kept', () => {
    const analyses = counted(20)
    const bytes = new Uint8Array(21)
    for (let i = 0; i < 4; i++) analyses.of(bytes)
    assert.equal(analyses.count, 4)
  })
})

describe('code that runs again and again', () => {
  const PROGRAMS: [string, Uint8Array, string | undefined][] = [
    ['counts down in a loop', code('60055b6001900380600257', '5f5260205ff3'), undefined],
    ['jumps into the bytes of a push', code('600456', '615b00', '00'), 'invalid JUMP'],
    ['ends within a push', code('5f5b', '600357', '7f01'), undefined],
  ]
  for (const [name, bytecode, error] of PROGRAMS) {
    test(`does the same each time when it ${name}`, async () => {
      const state = await createState()
      await state.putCode(address(1), bytecode)
      const machine = machineOn(state)
      const outcomes: unknown[] = []
      for (let i = 0; i < 5; i++) {
        const { execResult } = await machine.evm.runCall({
          to: address(1),
          caller: address(2),
          gasLimit: 100_000n,
        })
        const { exceptionError, executionGasUsed, returnValue } = execResult
        const failure = exceptionError?.error.split(' at ')[0]
        outcomes.push([failure, executionGasUsed, returnValue])
      }
      assert.deepEqual(outcomes, Array(5).fill(outcomes[0]))
      assert.equal((outcomes[0] as unknown[])[0], error)
    })
  }
})
