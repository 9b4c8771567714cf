import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { DAY_SECONDS, GB, GENESIS_PARAMS } from '../../src/protocol/params.ts'
import { ALICE, assertReverted, BOB, eventNames } from '../helpers/contractBench.ts'
import { bucketIdOf, MarketBench, spaceEscrow } from '../helpers/marketBench.ts'

const { spacePriceWei } = GENESIS_PARAMS
const GB_DAY = GB * DAY_SECONDS

let market: MarketBench
beforeEach(async () => {
  market = await MarketBench.create()
})

describe('extendBucket', () => {
  const id = bucketIdOf(ALICE, 1)

  test('charges added term for the whole size', async () => {
    await market.bought({ sizeBytes: 2n * GB, backups: 2 })
    const before = await market.bench.balanceOf(ALICE)
    const outcome = await market.extended(id, 0n, 10n * DAY_SECONDS)
    assert.equal(await market.bench.balanceOf(ALICE), before - 2n * 10n * 2n * spacePriceWei)
    assert.equal((await market.bucketOf(id)).endTime, market.bench.time + 40n * DAY_SECONDS)
    assert.deepEqual(eventNames(outcome), ['BucketExtended', 'TrafficBundled', 'FeeBurned'])
  })

  test('charges added space for the term that remains by the block’s time', async () => {
    await market.bought()
    market.bench.time += 12n * DAY_SECONDS
    const before = await market.bench.balanceOf(ALICE)
    await market.extended(id, 5n * GB, 0n)
    assert.equal(await market.bench.balanceOf(ALICE), before - 5n * 18n * spacePriceWei)
    const bucket = await market.bucketOf(id)
    assert.equal(bucket.sizeBytes, 6n * GB)
    assert.equal(bucket.endTime, market.bench.time + 18n * DAY_SECONDS)
    assert.equal(bucket.escrowWei, spaceEscrow(30n * GB_DAY) + spaceEscrow(90n * GB_DAY))
  })

  test('charges both together', async () => {
    await market.bought()
    market.bench.time += 10n * DAY_SECONDS
    const quote = await market.view('quoteExtension', id, 2n * GB, 5n * DAY_SECONDS)
    assert.equal(quote, (1n * 5n + 2n * 25n) * spacePriceWei)
    const outcome = await market.extend(id, 2n * GB, 5n * DAY_SECONDS, { value: quote as bigint })
    assert.equal(outcome.failure, undefined)
  })

  test('an ended bucket pays its full price from now on, however late it is', async () => {
    await market.bought({ sizeBytes: 4n * GB })
    market.bench.time += 300n * DAY_SECONDS
    const before = await market.bench.balanceOf(ALICE)
    await market.extended(id, GB, 30n * DAY_SECONDS)
    assert.equal(await market.bench.balanceOf(ALICE), before - 5n * 30n * spacePriceWei)
    const bucket = await market.bucketOf(id)
    assert.equal(bucket.startTime, market.bench.time)
    assert.equal(bucket.endTime, market.bench.time + 30n * DAY_SECONDS)
    assert.equal(bucket.escrowWei, spaceEscrow(150n * GB_DAY))
    assert.equal(await market.credit(ALICE), spaceEscrow(120n * GB_DAY))
  })

  test('an ended bucket cannot come back for less than a day', async () => {
    await market.bought()
    market.bench.time += 30n * DAY_SECONDS
    assertReverted(await market.extend(id, 0n, DAY_SECONDS - 1n), 'TermOutOfRange')
    assertReverted(await market.extend(id, GB, 0n), 'TermOutOfRange')
  })

  test('refuses everyone but the owner', async () => {
    await market.bought()
    assertReverted(await market.extend(id, GB, 0n, { from: BOB }), 'NotBucketOwner', id)
    assert.equal((await market.bucketOf(id)).sizeBytes, GB)
  })

  test('refuses an unknown bucket, nothing to add, too much, and too small a payment', async () => {
    assertReverted(await market.extend(id, GB, 0n), 'UnknownBucket', id)
    await market.bought()
    assertReverted(await market.extend(id, 0n, 0n), 'NothingToExtend')
    assertReverted(await market.extend(id, 1n << 63n, 0n), 'SizeOutOfRange')
    assertReverted(await market.extend(id, 0n, 3_621n * DAY_SECONDS), 'TermOutOfRange')
    assertReverted(await market.extend(id, 0n, (1n << 48n) - 1n), 'TermOutOfRange')
    assertReverted(await market.extend(id, GB, 0n, { value: 1n }), 'InsufficientPayment')
  })
})
