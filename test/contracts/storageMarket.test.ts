import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { Address, hexToBytes } from '@ethereumjs/util'
import { encodeBucketId } from '../../src/protocol/bucketId.ts'
import { DAY_SECONDS, GB, GENESIS_PARAMS, GNX } from '../../src/protocol/params.ts'
import {
  ALICE,
  assertReverted,
  BOB,
  type CallOptions,
  ContractBench,
  checksum,
  eventNames,
  succeeded,
} from '../helpers/contractBench.ts'

const { spacePriceWei, trafficPriceWei } = GENESIS_PARAMS
const YEAR_SECONDS = 365n * DAY_SECONDS
const ZERO_ADDRESS = new Address(new Uint8Array(20))
const tag = (number: number) => `0x${number.toString(16).padStart(24, '0')}`
const idOf = (owner: Address, number: number) =>
  encodeBucketId({ owner, tag: hexToBytes(tag(number) as `0x${string}`) })

let bench: ContractBench
beforeEach(async () => {
  bench = await ContractBench.create()
})

interface Purchase {
  number?: number
  sizeBytes?: bigint
  termSeconds?: bigint
  backups?: number
  cleanUp?: number
}

const buy = (
  {
    number = 1,
    sizeBytes = GB,
    termSeconds = 30n * DAY_SECONDS,
    backups = 1,
    cleanUp = 0,
  }: Purchase = {},
  options: CallOptions = {},
) =>
  bench.call('StorageMarket', 'buySpace', [tag(number), sizeBytes, termSeconds, backups, cleanUp], {
    value: GNX,
    ...options,
  })

const extend = (id: string, addBytes: bigint, addSeconds: bigint, options: CallOptions = {}) =>
  bench.call('StorageMarket', 'extendBucket', [id, addBytes, addSeconds], {
    value: GNX,
    ...options,
  })

/** The same, where the test needs it to succeed. */
const bought = async (...purchase: Parameters<typeof buy>) => succeeded(await buy(...purchase))
const extended = async (...extension: Parameters<typeof extend>) =>
  succeeded(await extend(...extension))

async function bucketOf(id: string) {
  const fields = (await bench.view('StorageMarket', 'bucketOf', id)) as unknown[]
  const [owner, sizeBytes, usedBytes, startTime, endTime, backups, escrowWei] = fields
  return { owner, sizeBytes, usedBytes, startTime, endTime, backups, escrowWei }
}

const bucketIds = (owner: Address) => bench.view('StorageMarket', 'bucketsOf', owner, 0, 100)
const credit = (owner: Address) => bench.view('StorageMarket', 'creditOf', owner)
const kept = (priceWei: bigint): bigint =>
  priceWei - (priceWei * GENESIS_PARAMS.burnShareBasisPoints) / 10_000n

describe('buySpace', () => {
  test('makes a bucket of the caller under its address and tag', async () => {
    const outcome = await bought({ number: 7, sizeBytes: 5n * GB, backups: 3 })
    const id = idOf(ALICE, 7)
    assert.deepEqual(outcome.result, [id])
    const price = 5n * 30n * 3n * spacePriceWei
    assert.deepEqual(await bucketOf(id), {
      owner: checksum(ALICE),
      sizeBytes: 5n * GB,
      usedBytes: 0n,
      startTime: bench.time,
      endTime: bench.time + 30n * DAY_SECONDS,
      backups: 3n,
      escrowWei: kept(price),
    })
    assert.deepEqual(await bucketIds(ALICE), [id])
    assert.deepEqual(eventNames(outcome), ['SpaceBought', 'TrafficBundled', 'FeeBurned'])
  })

  test('charges every backup', async () => {
    const price = async (backups: number) =>
      (await bench.view('StorageMarket', 'quoteSpace', GB, DAY_SECONDS, backups)) as bigint
    assert.equal(await price(1), spacePriceWei)
    assert.equal(await price(6), 6n * spacePriceWei)
  })

  test('rounds the price up, so that nothing is free', async () => {
    const quote = (size: bigint, term: bigint) =>
      bench.view('StorageMarket', 'quoteSpace', size, term, 1)
    // 500,000 wei per byte and day.
    assert.equal(await quote(1n, DAY_SECONDS), 500_000n)
    assert.equal(await quote(1n, DAY_SECONDS + 1n), 500_006n)
  })

  test('burns a share, keeps the rest as escrow, and gives back what was too much', async () => {
    const [alice, burned] = [await bench.balanceOf(ALICE), await bench.balanceOf(ZERO_ADDRESS)]
    await bought()
    const price = 30n * spacePriceWei
    assert.equal(await bench.balanceOf(ALICE), alice - price)
    assert.equal(await bench.balanceOf(ZERO_ADDRESS), burned + price - kept(price))
    assert.equal((await bucketOf(idOf(ALICE, 1))).escrowWei, kept(price))
  })

  test('refuses to be paid less than the price', async () => {
    const price = 30n * spacePriceWei
    const outcome = await buy({}, { value: price - 1n })
    assertReverted(outcome, 'InsufficientPayment', price, price - 1n)
    assert.equal((await buy({}, { value: price })).failure, undefined)
  })

  test('bundles the traffic of one full download a year', async () => {
    await bought({ sizeBytes: 3n * GB, termSeconds: 2n * YEAR_SECONDS }, { value: 2n * GNX })
    assert.equal(await bench.view('StorageMarket', 'trafficOf', ALICE), 6n * GB)
  })

  test('takes the largest purchase without overflow, at its whole price', async () => {
    await bench.fund(ALICE, 1n << 126n)
    const largest = { sizeBytes: 1n << 63n, termSeconds: 3_650n * DAY_SECONDS, backups: 100 }
    const exact = (largest.sizeBytes * 3_650n * 100n * spacePriceWei + GB - 1n) / GB
    const outcome = await buy(largest, { value: exact })
    assert.equal(outcome.failure, undefined)
    assert.equal((await bucketOf(idOf(ALICE, 1))).escrowWei, kept(exact))
    assert.equal(await bench.view('StorageMarket', 'trafficOf', ALICE), largest.sizeBytes * 10n)
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
    const before = await bench.balanceOf(ALICE)
    for (const [purchase, error] of cases) assertReverted(await buy(purchase), error)
    assert.equal(await bench.balanceOf(ALICE), before)
    assert.deepEqual(await bucketIds(ALICE), [])
  })

  test('refuses an id that is taken, and lets each account have the same tag', async () => {
    await bought()
    assertReverted(await buy(), 'BucketExists', idOf(ALICE, 1))
    assert.equal((await buy({}, { from: BOB })).failure, undefined)
    assert.deepEqual(await bucketIds(ALICE), [idOf(ALICE, 1)])
    assert.deepEqual(await bucketIds(BOB), [idOf(BOB, 1)])
  })

  test('lets an ended bucket of the same tag give way, and credits what was left of it', async () => {
    await bought()
    bench.time += 30n * DAY_SECONDS - 1n
    assertReverted(await buy(), 'BucketExists')
    bench.time += 1n
    const outcome = await bought({ sizeBytes: 2n * GB })
    assert.deepEqual(eventNames(outcome).slice(0, 2), ['CreditAdded', 'BucketRemoved'])
    assert.equal(await credit(ALICE), kept(30n * spacePriceWei))
    const bucket = await bucketOf(idOf(ALICE, 1))
    assert.equal(bucket.sizeBytes, 2n * GB)
    assert.equal(bucket.startTime, bench.time)
    assert.deepEqual(await bucketIds(ALICE), [idOf(ALICE, 1)])
    assert.equal(await bench.view('StorageMarket', 'bucketCount'), 1n)
  })
})

describe('extendBucket', () => {
  const id = idOf(ALICE, 1)

  test('charges added term for the whole size', async () => {
    await bought({ sizeBytes: 2n * GB, backups: 2 })
    const before = await bench.balanceOf(ALICE)
    const outcome = await extended(id, 0n, 10n * DAY_SECONDS)
    assert.equal(await bench.balanceOf(ALICE), before - 2n * 10n * 2n * spacePriceWei)
    assert.equal((await bucketOf(id)).endTime, bench.time + 40n * DAY_SECONDS)
    assert.deepEqual(eventNames(outcome), ['BucketExtended', 'TrafficBundled', 'FeeBurned'])
  })

  test('charges added space for the term that remains by the block’s time', async () => {
    await bought()
    bench.time += 12n * DAY_SECONDS
    const before = await bench.balanceOf(ALICE)
    await extended(id, 5n * GB, 0n)
    assert.equal(await bench.balanceOf(ALICE), before - 5n * 18n * spacePriceWei)
    const bucket = await bucketOf(id)
    assert.equal(bucket.sizeBytes, 6n * GB)
    assert.equal(bucket.endTime, bench.time + 18n * DAY_SECONDS)
    assert.equal(bucket.escrowWei, kept(30n * spacePriceWei) + kept(90n * spacePriceWei))
  })

  test('charges both together', async () => {
    await bought()
    bench.time += 10n * DAY_SECONDS
    const quote = await bench.view('StorageMarket', 'quoteExtension', id, 2n * GB, 5n * DAY_SECONDS)
    assert.equal(quote, (1n * 5n + 2n * 25n) * spacePriceWei)
    const outcome = await extend(id, 2n * GB, 5n * DAY_SECONDS, { value: quote as bigint })
    assert.equal(outcome.failure, undefined)
  })

  test('an ended bucket pays its full price from now on, however late it is', async () => {
    await bought({ sizeBytes: 4n * GB })
    bench.time += 300n * DAY_SECONDS
    const before = await bench.balanceOf(ALICE)
    await extended(id, GB, 30n * DAY_SECONDS)
    assert.equal(await bench.balanceOf(ALICE), before - 5n * 30n * spacePriceWei)
    const bucket = await bucketOf(id)
    assert.equal(bucket.startTime, bench.time)
    assert.equal(bucket.endTime, bench.time + 30n * DAY_SECONDS)
    assert.equal(bucket.escrowWei, kept(150n * spacePriceWei))
    assert.equal(await credit(ALICE), kept(120n * spacePriceWei))
  })

  test('an ended bucket cannot come back for less than a day', async () => {
    await bought()
    bench.time += 30n * DAY_SECONDS
    assertReverted(await extend(id, 0n, DAY_SECONDS - 1n), 'TermOutOfRange')
    assertReverted(await extend(id, GB, 0n), 'TermOutOfRange')
  })

  test('refuses everyone but the owner', async () => {
    await bought()
    assertReverted(await extend(id, GB, 0n, { from: BOB }), 'NotBucketOwner', id)
    assert.equal((await bucketOf(id)).sizeBytes, GB)
  })

  test('refuses an unknown bucket, nothing to add, too much, and too small a payment', async () => {
    assertReverted(await extend(id, GB, 0n), 'UnknownBucket', id)
    await bought()
    assertReverted(await extend(id, 0n, 0n), 'NothingToExtend')
    assertReverted(await extend(id, 1n << 63n, 0n), 'SizeOutOfRange')
    assertReverted(await extend(id, 0n, 3_621n * DAY_SECONDS), 'TermOutOfRange')
    assertReverted(await extend(id, 0n, (1n << 48n) - 1n), 'TermOutOfRange')
    assertReverted(await extend(id, GB, 0n, { value: 1n }), 'InsufficientPayment')
  })
})

describe('buyTraffic', () => {
  test('1 GB of space with 10 GB of traffic gives ten downloads', async () => {
    const before = await bench.balanceOf(ALICE)
    const outcome = await bench.send('StorageMarket', 'buyTraffic', [10n * GB], { value: GNX })
    assert.equal(await bench.view('StorageMarket', 'trafficOf', ALICE), 10n * GB)
    assert.equal(await bench.balanceOf(ALICE), before - 10n * trafficPriceWei)
    const escrow = await bench.view('StorageMarket', 'trafficEscrow')
    assert.equal(escrow, kept(10n * trafficPriceWei))
    assert.deepEqual(eventNames(outcome), ['TrafficBought', 'FeeBurned'])
  })

  test('an amount near 2^64 costs more, never less than nothing', async () => {
    const near = (1n << 64n) - 1_000n
    const outcome = await bench.call('StorageMarket', 'buyTraffic', [near], { value: GNX })
    assertReverted(outcome, 'TrafficOutOfRange', near)
    const most = 1n << 63n
    const price = await bench.view('StorageMarket', 'quoteTraffic', most)
    assert.equal(price, (most * trafficPriceWei + GB - 1n) / GB)
    const unpaid = await bench.call('StorageMarket', 'buyTraffic', [most], { value: GNX })
    assertReverted(unpaid, 'InsufficientPayment', price, GNX)
    assert.equal(await bench.view('StorageMarket', 'trafficOf', ALICE), 0n)
  })

  test('refuses no traffic, and rounds the price of one byte up', async () => {
    const none = await bench.call('StorageMarket', 'buyTraffic', [0], { value: GNX })
    assertReverted(none, 'TrafficOutOfRange', 0n)
    assert.equal(await bench.view('StorageMarket', 'quoteTraffic', 1), trafficPriceWei / GB)
  })
})

describe('clean-up', () => {
  test('anyone’s purchase removes ended buckets and credits their owners', async () => {
    for (const number of [1, 2, 3]) {
      await bought({ number, termSeconds: number === 2 ? 60n * DAY_SECONDS : 30n * DAY_SECONDS })
    }
    bench.time += 30n * DAY_SECONDS
    const outcome = await bought({ number: 1, cleanUp: 16 }, { from: BOB })
    assert.equal(eventNames(outcome).filter((name) => name === 'BucketRemoved').length, 2)
    assert.deepEqual(await bucketIds(ALICE), [idOf(ALICE, 2)])
    assert.equal(await bench.view('StorageMarket', 'bucketCount'), 2n)
    const gone = await bench.call('StorageMarket', 'bucketOf', [idOf(ALICE, 1)])
    assertReverted(gone, 'UnknownBucket')

    const left = 2n * kept(30n * spacePriceWei)
    assert.equal(await credit(ALICE), left)
    const before = await bench.balanceOf(ALICE)
    await bench.send('StorageMarket', 'withdrawCredit')
    assert.equal(await bench.balanceOf(ALICE), before + left)
    assertReverted(await bench.call('StorageMarket', 'withdrawCredit'), 'NoCredit')
    assertReverted(
      await bench.call('StorageMarket', 'withdrawCredit', [], { from: BOB }),
      'NoCredit',
    )
  })

  test('goes on where the last one stopped, and leaves running buckets alone', async () => {
    for (let number = 1; number <= 6; number++) {
      await bought({
        number,
        termSeconds: number % 2 === 0 ? 30n * DAY_SECONDS : 90n * DAY_SECONDS,
      })
    }
    bench.time += 30n * DAY_SECONDS
    const removed: number[] = []
    for (let number = 11; number <= 16; number++) {
      const outcome = await bought({ number, cleanUp: 2 }, { from: BOB })
      removed.push(eventNames(outcome).filter((name) => name === 'BucketRemoved').length)
    }
    assert.equal(
      removed.reduce((sum, count) => sum + count),
      3,
    )
    const running = [1, 3, 5].map((number) => idOf(ALICE, number))
    assert.deepEqual([...((await bucketIds(ALICE)) as string[])].sort(), running)
    for (const id of running) assert.equal((await bucketOf(id)).sizeBytes, GB)
  })

  test('lists of buckets stay whole, in pages', async () => {
    for (let number = 1; number <= 5; number++) {
      const termSeconds = number === 2 || number === 5 ? DAY_SECONDS : 30n * DAY_SECONDS
      await bought({ number, termSeconds })
    }
    bench.time += DAY_SECONDS
    await bought({ number: 6, cleanUp: 16 })
    const pages = [
      ...((await bench.view('StorageMarket', 'bucketsOf', ALICE, 0, 2)) as string[]),
      ...((await bench.view('StorageMarket', 'bucketsOf', ALICE, 2, 100)) as string[]),
    ]
    assert.deepEqual(pages.sort(), [1, 3, 4, 6].map((number) => idOf(ALICE, number)).sort())
    assert.deepEqual(await bench.view('StorageMarket', 'bucketsOf', ALICE, 4, 1), [])
    const all = (await bench.view('StorageMarket', 'buckets', 0, 100)) as string[]
    assert.deepEqual([...all].sort(), pages)
    assert.equal(await bench.view('StorageMarket', 'bucketCountOf', ALICE), 4n)
  })

  test('an ended bucket that was cleaned up cannot be extended', async () => {
    await bought()
    bench.time += 30n * DAY_SECONDS
    await bought({ number: 2, cleanUp: 1 }, { from: BOB })
    assertReverted(await extend(idOf(ALICE, 1), GB, DAY_SECONDS), 'UnknownBucket')
  })
})
