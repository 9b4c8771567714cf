import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { systemContractAddress } from '../../src/protocol/addresses.ts'
import { DAY_SECONDS, GNX } from '../../src/protocol/params.ts'
import { ALICE, succeeded } from '../helpers/contractBench.ts'
import { bucketIdOf } from '../helpers/marketBench.ts'
import { ReplicaBench } from '../helpers/replicaBench.ts'

const HEFT = systemContractAddress('Heft')
const MAX_TERM_DAYS = 3_650
const bucketId = bucketIdOf(ALICE, 2)
/** What a visit may cost, so that a block's 256 stay below the 200 million of a derived step. */
const VISIT_GAS = 600_000n

/** Replicas by the days from now on which they end, and the days between one count and the next. */
const termDays = fc.array(fc.integer({ min: 0, max: MAX_TERM_DAYS - 1 }), {
  minLength: 1,
  maxLength: 12,
})
const jumpsDays = fc.array(
  fc.oneof(fc.integer({ min: 0, max: 130 }), fc.integer({ min: 0, max: MAX_TERM_DAYS + 10 })),
  { minLength: 1, maxLength: 4 },
)

test('paid leaves are those of the replicas that have not ended, after any time, by bounded work', async () => {
  const replicas = await ReplicaBench.create()
  const { bench, market } = replicas
  const termSeconds = BigInt(MAX_TERM_DAYS) * DAY_SECONDS
  await market.bought({ number: 2, termSeconds }, { value: 1_000n * GNX })
  const { stateManager } = bench.evm
  const startTime = bench.time
  const dayOf = (time: bigint) => time / DAY_SECONDS

  const counted = async () => {
    const outcome = succeeded(await bench.call('Replicas', 'takePaidLeaves', [0], { from: HEFT }))
    assert.ok(outcome.gasUsed < VISIT_GAS, `${outcome.gasUsed} gas`)
    const { result } = succeeded(await bench.call('Replicas', 'paidLeavesOf', [0]))
    return [result[0], outcome.result[0]]
  }

  const agrees = async (terms: readonly number[], jumps: readonly number[]) => {
    const offers = terms.map((days, index) =>
      replicas.offer({
        bucketId,
        priceWei: GNX / 10_000n,
        leafCount: BigInt(index + 20),
        sizeBytes: BigInt(index + 20) * 1_024n,
        endTime: startTime + BigInt(days) * DAY_SECONDS + 1n,
      }),
    )
    succeeded(await replicas.register(offers))
    const leavesLeft = () =>
      offers
        .filter(({ endTime }) => dayOf(endTime) > dayOf(bench.time))
        .reduce((sum, { leafCount }) => sum + leafCount, 0n)
    let least = 0n
    for (const days of jumps) {
      bench.time += BigInt(days) * DAY_SECONDS
      const left = leavesLeft()
      assert.deepEqual(await counted(), [left, least < left ? least : left])
      least = left
    }
  }

  await fc.assert(
    fc.asyncProperty(termDays, jumpsDays, async (terms, jumps) => {
      await stateManager.checkpoint()
      try {
        await agrees(terms, jumps)
      } finally {
        await stateManager.revert()
        bench.time = startTime
      }
    }),
    { numRuns: 20, endOnFailure: true },
  )
})
