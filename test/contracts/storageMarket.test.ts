import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { Address } from '@ethereumjs/util'
import { DAY_SECONDS, GB, GENESIS_PARAMS, GNX } from '../../src/protocol/params.ts'
import { ALICE, assertReverted, BOB, checksum, eventNames } from '../helpers/contractBench.ts'
import {
  bucketIdOf,
  kept,
  MarketBench,
  type Purchase,
  spaceEscrow,
} from '../helpers/marketBench.ts'

const { spacePriceWei, trafficPriceWei } = GENESIS_PARAMS
const YEAR_SECONDS = 365n * DAY_SECONDS
const ZERO_ADDRESS = new Address(new Uint8Array(20))

let market: MarketBench
beforeEach(async () => {
  market = await MarketBench.create()
})

describe('buySpace', () => {
  test('makes a bucket of the caller under its address and tag', async () => {
    const outcome = await market.bought({ number: 7, sizeBytes: 5n * GB, backups: 3 })
    const id = bucketIdOf(ALICE, 7)
    assert.deepEqual(outcome.result, [id])
    assert.deepEqual(await market.bucketOf(id), {
      owner: checksum(ALICE),
      sizeBytes: 5n * GB,
      usedBytes: 0n,
      startTime: market.bench.time,
      endTime: market.bench.time + 30n * DAY_SECONDS,
      backups: 3n,
      escrowWei: spaceEscrow(5n * 30n * GB * DAY_SECONDS, 3n),
    })
    assert.deepEqual(await market.bucketIds(ALICE), [id])
    assert.deepEqual(eventNames(outcome), ['SpaceBought', 'TrafficBundled', 'FeeBurned'])
  })

  test('charges every backup', async () => {
    const price = async (backups: number) =>
      (await market.view('quoteSpace', GB, DAY_SECONDS, backups)) as bigint
    assert.equal(await price(1), spacePriceWei)
    assert.equal(await price(6), 6n * spacePriceWei)
  })

  test('rounds the price up, so that nothing is free', async () => {
    const quote = (size: bigint, term: bigint) => market.view('quoteSpace', size, term, 1)
    // 500,000 wei per byte and day.
    assert.equal(await quote(1n, DAY_SECONDS), 500_000n)
    assert.equal(await quote(1n, DAY_SECONDS + 1n), 500_006n)
  })

  test('burns a share, keeps the rest as escrow, and gives back what was too much', async () => {
    const [alice, burned] = [
      await market.bench.balanceOf(ALICE),
      await market.bench.balanceOf(ZERO_ADDRESS),
    ]
    await market.bought()
    const price = 30n * spacePriceWei
    assert.equal(await market.bench.balanceOf(ALICE), alice - price)
    assert.equal(await market.bench.balanceOf(ZERO_ADDRESS), burned + price - kept(price))
    const escrow = spaceEscrow(30n * GB * DAY_SECONDS)
    assert.equal((await market.bucketOf(bucketIdOf(ALICE, 1))).escrowWei, escrow)
    assert.equal(await market.view('trafficEscrowOf', ALICE), kept(price) - escrow)
  })

  test('refuses to be paid less than the price', async () => {
    const price = 30n * spacePriceWei
    const outcome = await market.buy({}, { value: price - 1n })
    assertReverted(outcome, 'InsufficientPayment', price, price - 1n)
    assert.equal((await market.buy({}, { value: price })).failure, undefined)
  })

  test('bundles the traffic of one full download a year', async () => {
    await market.bought({ sizeBytes: 3n * GB, termSeconds: 2n * YEAR_SECONDS }, { value: 2n * GNX })
    assert.equal(await market.view('trafficOf', ALICE), 6n * GB)
  })

  test('takes the largest purchase without overflow, at its whole price', async () => {
    await market.bench.fund(ALICE, 1n << 126n)
    const largest = { sizeBytes: 1n << 63n, termSeconds: 3_650n * DAY_SECONDS, backups: 100 }
    const exact = (largest.sizeBytes * 3_650n * 100n * spacePriceWei + GB - 1n) / GB
    const outcome = await market.buy(largest, { value: exact })
    assert.equal(outcome.failure, undefined)
    const escrow = spaceEscrow(largest.sizeBytes * largest.termSeconds, 100n)
    assert.equal((await market.bucketOf(bucketIdOf(ALICE, 1))).escrowWei, escrow)
    assert.equal(await market.view('trafficOf', ALICE), largest.sizeBytes * 10n)
  })

  test('refuses sizes, terms and backups out of range', async () => {
    const cases: [Purchase, string][] = [
      [{ sizeBytes: 0n }, 'SizeOutOfRange'],
      [{ sizeBytes: (1n << 63n) + 1n }, 'SizeOutOfRange'],
      [{ sizeBytes: (1n << 64n) - 1_000n }, 'SizeOutOfRange'],
      [{ termSeconds: DAY_SECONDS - 1n }, 'TermOutOfRange'],
      [{ termSeconds: 3_650n * DAY_SECONDS + 1n }, 'TermOutOfRange'],
      [{ termSeconds: (1n << 48n) - 1n }, 'TermOutOfRange'],
      [{ backups: 0 }, 'BackupsOutOfRange'],
      [{ backups: 101 }, 'BackupsOutOfRange'],
      [{ cleanUp: 17 }, 'CleanUpOutOfRange'],
    ]
    const before = await market.bench.balanceOf(ALICE)
    for (const [purchase, error] of cases) assertReverted(await market.buy(purchase), error)
    assert.equal(await market.bench.balanceOf(ALICE), before)
    assert.deepEqual(await market.bucketIds(ALICE), [])
  })

  test('refuses an id that is taken, and lets each account have the same tag', async () => {
    await market.bought()
    assertReverted(await market.buy(), 'BucketExists', bucketIdOf(ALICE, 1))
    assert.equal((await market.buy({}, { from: BOB })).failure, undefined)
    assert.deepEqual(await market.bucketIds(ALICE), [bucketIdOf(ALICE, 1)])
    assert.deepEqual(await market.bucketIds(BOB), [bucketIdOf(BOB, 1)])
  })

  test('lets an ended bucket of the same tag give way, and credits what was left of it', async () => {
    await market.bought()
    market.bench.time += 30n * DAY_SECONDS - 1n
    assertReverted(await market.buy(), 'BucketExists')
    market.bench.time += 1n
    const outcome = await market.bought({ sizeBytes: 2n * GB })
    assert.deepEqual(eventNames(outcome).slice(0, 2), ['CreditAdded', 'BucketRemoved'])
    assert.equal(await market.credit(ALICE), spaceEscrow(30n * GB * DAY_SECONDS))
    const bucket = await market.bucketOf(bucketIdOf(ALICE, 1))
    assert.equal(bucket.sizeBytes, 2n * GB)
    assert.equal(bucket.startTime, market.bench.time)
    assert.deepEqual(await market.bucketIds(ALICE), [bucketIdOf(ALICE, 1)])
    assert.equal(await market.view('bucketCount'), 1n)
  })
})

describe('buyTraffic', () => {
  test('1 GB of space with 10 GB of traffic gives ten downloads', async () => {
    const before = await market.bench.balanceOf(ALICE)
    const outcome = await market.bench.send('StorageMarket', 'buyTraffic', [10n * GB], {
      value: GNX,
    })
    assert.equal(await market.view('trafficOf', ALICE), 10n * GB)
    assert.equal(await market.bench.balanceOf(ALICE), before - 10n * trafficPriceWei)
    const escrow = await market.view('trafficEscrowOf', ALICE)
    assert.equal(escrow, kept(10n * trafficPriceWei))
    assert.deepEqual(eventNames(outcome), ['TrafficBought', 'FeeBurned'])
  })

  test('an amount near 2^64 costs more, never less than nothing', async () => {
    const near = (1n << 64n) - 1_000n
    const outcome = await market.bench.call('StorageMarket', 'buyTraffic', [near], { value: GNX })
    assertReverted(outcome, 'TrafficOutOfRange', near)
    const most = 1n << 63n
    const price = await market.view('quoteTraffic', most)
    assert.equal(price, (most * trafficPriceWei + GB - 1n) / GB)
    const unpaid = await market.bench.call('StorageMarket', 'buyTraffic', [most], { value: GNX })
    assertReverted(unpaid, 'InsufficientPayment', price, GNX)
    assert.equal(await market.view('trafficOf', ALICE), 0n)
  })

  test('refuses no traffic, and rounds the price of one byte up', async () => {
    const none = await market.bench.call('StorageMarket', 'buyTraffic', [0], { value: GNX })
    assertReverted(none, 'TrafficOutOfRange', 0n)
    assert.equal(await market.view('quoteTraffic', 1), trafficPriceWei / GB)
  })
})
