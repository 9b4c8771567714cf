import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Address, hexToBytes } from '@ethereumjs/util'
import fc from 'fast-check'
import { SYSTEM_CONTRACTS } from '../../src/protocol/addresses.ts'
import { DAY_SECONDS, GB, GENESIS_PARAMS } from '../../src/protocol/params.ts'
import { ALICE, BOB, ContractBench, succeeded } from '../helpers/contractBench.ts'
import { divideUp } from '../helpers/marketBench.ts'

const { spacePriceWei, trafficPriceWei, burnShareBasisPoints } = GENESIS_PARAMS
const MARKET = new Address(hexToBytes(SYSTEM_CONTRACTS.StorageMarket))
const YEAR_SECONDS = 365n * DAY_SECONDS

const sizes = fc.bigInt(1n, 1n << 63n)
const terms = fc.bigInt(DAY_SECONDS, 3_650n * DAY_SECONDS)
const backups = fc.bigInt(1n, 100n)

test('the price of space is size × term × backups × price, rounded up', async () => {
  const bench = await ContractBench.create()
  await fc.assert(
    fc.asyncProperty(sizes, terms, backups, async (size, term, count) => {
      const { result } = await bench.call('StorageMarket', 'quoteSpace', [size, term, count])
      assert.deepEqual(result, [
        divideUp(size * term * count * spacePriceWei, GB * DAY_SECONDS),
        (size * term) / YEAR_SECONDS,
      ])
    }),
    { numRuns: 300 },
  )
})

test('the price of traffic is its size × price, rounded up', async () => {
  const bench = await ContractBench.create()
  await fc.assert(
    fc.asyncProperty(sizes, async (size) => {
      const price = await bench.view('StorageMarket', 'quoteTraffic', size)
      assert.equal(price, divideUp(size * trafficPriceWei, GB))
    }),
    { numRuns: 200 },
  )
})

test('buying in parts is never cheaper than buying at once', async () => {
  const part = fc.record({
    size: fc.bigInt(1n, 1n << 61n),
    term: fc.bigInt(DAY_SECONDS, 1_000n * DAY_SECONDS),
    addBytes: fc.bigInt(1n, 1n << 61n),
    addSeconds: fc.bigInt(1n, 1_000n * DAY_SECONDS),
    count: backups,
  })
  const bench = await ContractBench.create()
  await bench.fund(ALICE, 1n << 160n)
  let number = 0
  await fc.assert(
    fc.asyncProperty(part, async ({ size, term, addBytes, addSeconds, count }) => {
      const tag = `0x${(++number).toString(16).padStart(24, '0')}`
      const whole = (await bench.view(
        'StorageMarket',
        'quoteSpace',
        size + addBytes,
        term + addSeconds,
        count,
      )) as bigint
      const before = await bench.balanceOf(ALICE)
      const value = 1n << 120n
      const bought = await bench.send('StorageMarket', 'buySpace', [tag, size, term, count, 0], {
        value,
      })
      const id = bought.result[0]
      await bench.send('StorageMarket', 'extendBucket', [id, addBytes, 0], { value })
      await bench.send('StorageMarket', 'extendBucket', [id, 0, addSeconds], { value })
      const paid = before - (await bench.balanceOf(ALICE))
      assert.ok(paid >= whole, `paid ${paid} of ${whole}`)
      // Rounding three times costs at most two wei more.
      assert.ok(paid - whole <= 2n, `paid ${paid} of ${whole}`)
    }),
    { numRuns: 60 },
  )
})

/** One step of a market's life: numbers choose the owner, the tag and how much. */
interface Step {
  action: 'buy' | 'extend' | 'traffic' | 'withdraw' | 'wait'
  owner: number
  tag: number
  amount: number
}

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    action: fc.constantFrom('buy', 'buy', 'buy', 'extend', 'traffic', 'withdraw', 'wait'),
    owner: fc.nat(1),
    tag: fc.nat(4),
    amount: fc.integer({ min: 1, max: 9 }),
  }),
  { minLength: 10, maxLength: 40 },
)

test('the market holds exactly its escrows and credits, and its lists its buckets', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (life) => {
      const bench = await ContractBench.create()
      for (const step of life) await take(bench, step)
      const ids = (await bench.view('StorageMarket', 'buckets', 0, 1_000)) as string[]
      assert.equal(new Set(ids).size, ids.length)
      let held = 0n
      for (const id of ids) {
        held += ((await bench.view('StorageMarket', 'bucketOf', id)) as bigint[])[6]!
      }
      const owned: string[] = []
      for (const owner of [ALICE, BOB]) {
        held += (await bench.view('StorageMarket', 'creditOf', owner)) as bigint
        held += (await bench.view('StorageMarket', 'trafficEscrowOf', owner)) as bigint
        const list = (await bench.view('StorageMarket', 'bucketsOf', owner, 0, 1_000)) as string[]
        assert.ok(list.every((id) => id.startsWith(owner.toString())))
        owned.push(...list)
      }
      assert.deepEqual(owned.sort(), [...ids].sort())
      assert.equal(await bench.balanceOf(MARKET), held)
    }),
    { numRuns: 25 },
  )
})

async function take(bench: ContractBench, { action, owner, tag, amount }: Step): Promise<void> {
  const from = owner === 0 ? ALICE : BOB
  const tagHex = tag.toString(16).padStart(24, '0')
  const options = { from, value: 10n ** 18n }
  const size = BigInt(amount) * GB
  const term = BigInt(amount) * DAY_SECONDS
  if (action === 'wait') bench.time += term
  else if (action === 'buy') {
    const args = [`0x${tagHex}`, size, term, amount, amount]
    await bench.call('StorageMarket', 'buySpace', args, options)
  } else if (action === 'extend') {
    const args = [`${from}${tagHex}`, size, term]
    await bench.call('StorageMarket', 'extendBucket', args, options)
  } else if (action === 'traffic') {
    succeeded(await bench.call('StorageMarket', 'buyTraffic', [GB], options))
  } else await bench.call('StorageMarket', 'withdrawCredit', [], { from })
}

test('what is burned and what is kept make up the price', async () => {
  await fc.assert(
    fc.asyncProperty(fc.bigInt(1n, 1n << 50n), async (size) => {
      const bench = await ContractBench.create()
      await bench.fund(ALICE, 1n << 130n)
      const zero = new Address(new Uint8Array(20))
      const price = (await bench.view('StorageMarket', 'quoteTraffic', size)) as bigint
      await bench.send('StorageMarket', 'buyTraffic', [size], { value: price })
      const burned = await bench.balanceOf(zero)
      assert.equal(burned, (price * burnShareBasisPoints) / 10_000n)
      assert.equal(burned + (await bench.balanceOf(MARKET)), price)
    }),
    { numRuns: 30 },
  )
})
