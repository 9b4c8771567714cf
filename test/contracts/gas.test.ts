import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DAY_SECONDS, GB, GNX } from '../../src/protocol/params.ts'
import { ContractBench, type Outcome, succeeded } from '../helpers/contractBench.ts'

const TAG = `0x${'01'.repeat(12)}`

/** Whole transactions of an account's first call, the dearest case: every slot is new. */
test('typical calls stay cheap', async () => {
  const bench = await ContractBench.create()
  const atMost = (limit: bigint, outcome: Outcome) => {
    succeeded(outcome)
    assert.ok(outcome.gasUsed <= limit, `${outcome.gasUsed} gas is more than ${limit}`)
    return outcome
  }
  atMost(55_000n, await bench.call('Staking', 'bet', [], { value: GNX }))
  const purchase = [TAG, GB, 30n * DAY_SECONDS, 1, 4]
  const bought = await bench.call('StorageMarket', 'buySpace', purchase, { value: GNX })
  const [id] = atMost(250_000n, bought).result
  const extension = [id, GB, DAY_SECONDS]
  atMost(80_000n, await bench.call('StorageMarket', 'extendBucket', extension, { value: GNX }))
  atMost(85_000n, await bench.call('StorageMarket', 'buyTraffic', [GB], { value: GNX }))
  atMost(100_000n, await bench.call('Staking', 'unstake', [1]))
})
