import assert from 'node:assert/strict'
import { test } from 'node:test'
import { equalsBytes } from '@ethereumjs/util'
import fc from 'fast-check'
import { decodeBlock } from '../../src/chain/blockCodec.ts'
import { NetworkBench, STRANGER_KEY } from './networkBench.ts'

const RUNS = 25

/** What a block is asked to hold: answers, good and bad, and transfers. */
const request = fc.record({
  id: fc.bigInt({ min: 1n, max: 6n }),
  proofBytes: fc.constantFrom(10, 13, 14, 100, 20_000, 65_000),
  isStranger: fc.boolean(),
})
const wishes = fc.record({
  answers: fc.array(request, { maxLength: 8 }),
  transfers: fc.nat({ max: 3 }),
})
const modes = fc.constantFrom('act after answers', 'act always', 'fail')

test('whatever is asked for, the block that comes out verifies elsewhere from its bytes', async () => {
  await fc.assert(
    fc.asyncProperty(modes, fc.array(wishes, { maxLength: 3 }), async (stepMode, blocks) => {
      const options = { stepMode, syncedEpoch: 0n } as const
      const [bench, other] = [
        await NetworkBench.create(options),
        await NetworkBench.create(options),
      ]
      let nonce = 0n
      for (const { answers, transfers } of blocks) {
        const block = await bench.mine(
          answers.map(({ id, proofBytes, isStranger }) =>
            bench.answer(id, { proofBytes, ...(isStranger && { key: STRANGER_KEY }) }),
          ),
          Array.from({ length: transfers }, () => bench.transfer(nonce++)),
        )
        await other.adopt(decodeBlock(block.serialize(), other.chain.common))
        assert.deepEqual(other.chain.head.hash(), block.hash())
      }
    }),
    { numRuns: RUNS },
  )
})

test('no order of a block’s transactions but its own is valid', async () => {
  const bench = await NetworkBench.create({ stepMode: 'act always', syncedEpoch: -1n + 2n ** 64n })
  const { block } = await bench.build([bench.answer(1n)], [bench.transfer(0n), bench.transfer(1n)])
  const places = block.transactions.map((_, index) => index)
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray(places, { minLength: places.length }), async (order) => {
      const shuffled = order.map((index) => block.transactions[index]!)
      const isOwn = order.every((index, place) => index === place)
      if (isOwn) await bench.verifyWith(block, shuffled)
      else await assert.rejects(bench.verifyWith(block, shuffled))
    }),
    { numRuns: RUNS },
  )
})

test('a block with any byte changed is no block, or is refused', async () => {
  const bench = await NetworkBench.create()
  const { block } = await bench.build([bench.answer(1n)], [bench.transfer(0n)])
  const bytes = block.serialize()
  const { chain } = bench
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 255 }), async (at, change) => {
      const altered = bytes.slice()
      altered[at % bytes.length]! ^= change
      await assert.rejects(async () => {
        const decoded = decodeBlock(altered, chain.common)
        if (equalsBytes(decoded.hash(), block.hash())) await bench.verify(decoded)
        else throw new Error('another header, which the seal is not for')
      })
    }),
    { numRuns: 200 },
  )
})
