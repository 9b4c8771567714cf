import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createBlockHeader } from '@ethereumjs/block'
import { simulateNetworkTransaction } from '../../src/chain/simulateNetworkTransaction.ts'
import { NetworkBench, STRANGER_KEY } from './networkBench.ts'

/** A place to try things: the state after the head, in the block after it. */
async function setUp() {
  const bench = await NetworkBench.create()
  await bench.mine()
  const { chain } = bench
  const header = createBlockHeader(
    {
      parentHash: chain.head.hash(),
      number: chain.head.header.number + 1n,
      gasLimit: chain.head.header.gasLimit,
      extraData: chain.head.header.extraData,
    },
    { common: chain.common },
  )
  return { bench, context: { chain, header, state: chain.stateOf(chain.head) } }
}

test('an answer is tried by the code that executes it, and the chain is not changed', async () => {
  const { bench, context } = await setUp()
  const answer = bench.answer(1n)
  const { failure, logs, gasUsed } = await simulateNetworkTransaction(context, answer)
  assert.equal(failure, undefined)
  assert.equal(logs.length, 1)
  assert.ok(gasUsed > 0n)
  assert.deepEqual(bench.chain.stateOf(bench.chain.head).root(), bench.chain.head.header.stateRoot)
})

test('answers that follow each other on one state see each other', async () => {
  const { bench, context } = await setUp()
  const tries = [bench.answer(1n), bench.answer(1n), bench.answer(2n)]
  const failures: (string | undefined)[] = []
  for (const transaction of tries) {
    failures.push((await simulateNetworkTransaction(context, transaction)).failure)
  }
  assert.deepEqual(failures, [undefined, 'revert', undefined])
})

test('one that fails says why and leaves the state as it was', async () => {
  const { bench, context } = await setUp()
  const before = context.state.root()
  for (const request of [{ key: STRANGER_KEY }, { proofBytes: 13 }, { proofBytes: 14 }]) {
    const { failure } = await simulateNetworkTransaction(context, bench.answer(1n, request))
    assert.notEqual(failure, undefined)
    assert.deepEqual(context.state.root(), before)
  }
  const { returnValue } = await simulateNetworkTransaction(
    context,
    bench.answer(1n, { key: STRANGER_KEY }),
  )
  assert.ok(Buffer.from(returnValue).includes('not the farmer'))
})
