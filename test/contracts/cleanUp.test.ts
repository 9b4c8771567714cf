import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { DAY_SECONDS, GB } from '../../src/protocol/params.ts'
import { ALICE, assertReverted, BOB, eventNames } from '../helpers/contractBench.ts'
import { bucketIdOf, MarketBench, spaceEscrow } from '../helpers/marketBench.ts'

let market: MarketBench
beforeEach(async () => {
  market = await MarketBench.create()
})

describe('clean-up', () => {
  test('anyone’s purchase removes ended buckets and credits their owners', async () => {
    for (const number of [1, 2, 3]) {
      await market.bought({
        number,
        termSeconds: number === 2 ? 60n * DAY_SECONDS : 30n * DAY_SECONDS,
      })
    }
    market.bench.time += 30n * DAY_SECONDS
    const outcome = await market.bought({ number: 1, cleanUp: 16 }, { from: BOB })
    assert.equal(eventNames(outcome).filter((name) => name === 'BucketRemoved').length, 2)
    assert.deepEqual(await market.bucketIds(ALICE), [bucketIdOf(ALICE, 2)])
    assert.equal(await market.view('bucketCount'), 2n)
    const gone = await market.bench.call('StorageMarket', 'bucketOf', [bucketIdOf(ALICE, 1)])
    assertReverted(gone, 'UnknownBucket')

    const left = 2n * spaceEscrow(30n * GB * DAY_SECONDS)
    assert.equal(await market.credit(ALICE), left)
    const before = await market.bench.balanceOf(ALICE)
    await market.bench.send('StorageMarket', 'withdrawCredit')
    assert.equal(await market.bench.balanceOf(ALICE), before + left)
    assertReverted(await market.bench.call('StorageMarket', 'withdrawCredit'), 'NoCredit')
    assertReverted(
      await market.bench.call('StorageMarket', 'withdrawCredit', [], { from: BOB }),
      'NoCredit',
    )
  })

  test('goes on where the last one stopped, and leaves running buckets alone', async () => {
    for (let number = 1; number <= 6; number++) {
      await market.bought({
        number,
        termSeconds: number % 2 === 0 ? 30n * DAY_SECONDS : 90n * DAY_SECONDS,
      })
    }
    market.bench.time += 30n * DAY_SECONDS
    const removed: number[] = []
    for (let number = 11; number <= 16; number++) {
      const outcome = await market.bought({ number, cleanUp: 2 }, { from: BOB })
      removed.push(eventNames(outcome).filter((name) => name === 'BucketRemoved').length)
    }
    assert.equal(
      removed.reduce((sum, count) => sum + count),
      3,
    )
    const running = [1, 3, 5].map((number) => bucketIdOf(ALICE, number))
    assert.deepEqual([...((await market.bucketIds(ALICE)) as string[])].sort(), running)
    for (const id of running) assert.equal((await market.bucketOf(id)).sizeBytes, GB)
  })

  test('lists of buckets stay whole, in pages', async () => {
    for (let number = 1; number <= 5; number++) {
      const termSeconds = number === 2 || number === 5 ? DAY_SECONDS : 30n * DAY_SECONDS
      await market.bought({ number, termSeconds })
    }
    market.bench.time += DAY_SECONDS
    await market.bought({ number: 6, cleanUp: 16 })
    const pages = [
      ...((await market.view('bucketsOf', ALICE, 0, 2)) as string[]),
      ...((await market.view('bucketsOf', ALICE, 2, 100)) as string[]),
    ]
    assert.deepEqual(pages.sort(), [1, 3, 4, 6].map((number) => bucketIdOf(ALICE, number)).sort())
    assert.deepEqual(await market.view('bucketsOf', ALICE, 4, 1), [])
    const all = (await market.view('buckets', 0, 100)) as string[]
    assert.deepEqual([...all].sort(), pages)
    assert.equal(await market.view('bucketCountOf', ALICE), 4n)
  })

  test('an ended bucket that was cleaned up cannot be extended', async () => {
    await market.bought()
    market.bench.time += 30n * DAY_SECONDS
    await market.bought({ number: 2, cleanUp: 1 }, { from: BOB })
    assertReverted(await market.extend(bucketIdOf(ALICE, 1), GB, DAY_SECONDS), 'UnknownBucket')
  })
})
