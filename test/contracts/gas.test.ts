import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DAY_SECONDS, GB, GNX } from '../../src/protocol/params.ts'
import { ContractBench, type Outcome, succeeded } from '../helpers/contractBench.ts'
import { EarningBench } from '../helpers/earningBench.ts'
import { ReplicaBench } from '../helpers/replicaBench.ts'

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

test('a replica costs less to register in a batch', async () => {
  const replicas = await ReplicaBench.create()
  const offers = Array.from({ length: 27 }, (_, shard) =>
    replicas.offer({ shardIndex: BigInt(shard), node: BigInt(shard % 6) }),
  )
  const single = succeeded(await replicas.register([replicas.offer()]))
  const batch = succeeded(await replicas.register(offers))
  assert.ok(perReplica(batch, 27) < single.gasUsed)
  assert.ok(perReplica(batch, 27) <= 200_000n, `${perReplica(batch, 27)} gas each`)
})

test('replicas cost little to collect and release together', async () => {
  const earnings = await EarningBench.create()
  const ids: string[] = []
  for (let count = 0; count < 5; count++) ids.push((await earnings.earning(10n ** 15n)).id)
  await earnings.proven(10n)
  const collected = succeeded(await earnings.replicas.collect(ids))
  assert.ok(perReplica(collected, 5) <= 50_000n, `${perReplica(collected, 5)} gas`)
  const released = succeeded(await earnings.replicas.release(ids))
  assert.ok(perReplica(released, 5) <= 100_000n, `${perReplica(released, 5)} gas`)
})

const perReplica = ({ gasUsed }: Outcome, count: number) => gasUsed / BigInt(count)
