import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Address, hexToBytes, type PrefixedHexString } from '@ethereumjs/util'
import { Wallet } from 'ethers'
import fc from 'fast-check'
import { systemContractAddress } from '../../src/protocol/addresses.ts'
import { DAY_SECONDS, GB, GNX } from '../../src/protocol/params.ts'
import { signTrafficReceipt } from '../../src/protocol/receipts.ts'
import { replicaIdOf } from '../../src/protocol/replicaContract.ts'
import { ALICE, BOB, checksum } from '../helpers/contractBench.ts'
import { bucketIdOf, kept } from '../helpers/marketBench.ts'
import { FARMERS, LEAF_BYTES, ReplicaBench } from '../helpers/replicaBench.ts'

const MARKET = systemContractAddress('StorageMarket')
const ZERO = new Address(new Uint8Array(20))
const buyer = new Wallet(`0x${'b2'.repeat(32)}`)
const BUYER = new Address(hexToBytes(buyer.address.toLowerCase() as PrefixedHexString))
const OWNERS = [ALICE, BOB]
const NODES = 3
const ACCOUNTS = [ALICE, BOB, BUYER, ZERO, MARKET, ...FARMERS.map(({ address }) => address)]

/** One step of the life of buckets, replicas and traffic; numbers choose whose, which and how much. */
const steps = fc.array(
  fc.record({
    action: fc.constantFrom(
      ...(['buy', 'extend', 'register', 'register', 'register', 'register'] as const),
      ...(['release', 'release', 'collect', 'withdraw', 'traffic', 'redeem', 'wait'] as const),
    ),
    who: fc.nat(1),
    tag: fc.integer({ min: 1, max: 2 }),
    node: fc.nat(NODES - 1),
    amount: fc.bigInt(1n, 9n),
    pick: fc.nat(99),
  }),
  { minLength: 15, maxLength: 50 },
)

type Step = Parameters<Parameters<typeof steps.map>[0]>[0][number]

/** A life with the ids of all replicas that were ever registered in it. */
interface Life {
  replicas: ReplicaBench
  ids: string[]
}

test('coins are in escrow, reserved, credit, paid or burned, and bytes are counted where they are', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (life) => {
      const replicas = await ReplicaBench.create()
      await replicas.bench.fund(BUYER)
      const state: Life = { replicas, ids: [] }
      const coins = await totalCoins(replicas)
      for (const step of life) await take(state, step)
      assert.equal(await totalCoins(replicas), coins)
      await checkCoins(replicas)
      await checkBytes(state)
    }),
    { numRuns: 25 },
  )
})

async function take(life: Life, { action, who, tag, node, amount, pick }: Step): Promise<void> {
  const { replicas, ids } = life
  const { bench, market } = replicas
  const from = OWNERS[who]!
  const bucketId = bucketIdOf(from, tag)
  const some = ids.slice(pick % (ids.length + 1)).slice(0, 3)
  if (action === 'wait') bench.time += amount * 2n * DAY_SECONDS
  else if (action === 'buy') await market.buy({ number: tag, cleanUp: 4 }, { from })
  else if (action === 'extend') await market.extend(bucketId, amount, DAY_SECONDS, { from })
  else if (action === 'register') {
    const endTime = bench.time + amount * DAY_SECONDS
    const terms = { bucketId, node: BigInt(node), leafCount: amount * 30_000n, endTime }
    const offer = replicas.offer({ ...terms, priceWei: amount * 10n ** 15n + BigInt(pick) })
    const outcome = await replicas.register([offer], { from })
    if (outcome.failure === undefined) ids.push(replicaIdOf(offer))
  } else if (action === 'release') await replicas.release(some, { from })
  else if (action === 'collect') await replicas.collect(some, FARMERS[node]!.address)
  else if (action === 'withdraw') await bench.call('StorageMarket', 'withdrawCredit', [], { from })
  else if (action === 'traffic') {
    await bench.send('StorageMarket', 'buyTraffic', [amount * GB], { from: BUYER, value: GNX })
  } else await redeem(replicas, FARMERS[node]!.address, amount * 1_234_567_891n)
}

async function redeem(replicas: ReplicaBench, farmer: Address, bytes: bigint): Promise<void> {
  const terms = { buyer: buyer.address, farmer: checksum(farmer), channel: 0n }
  const receipt = { ...terms, cumulativeBytes: bytes }
  const { signature } = await signTrafficReceipt(buyer, replicas.bench.genesis.chainId, receipt)
  await replicas.bench.call('StorageMarket', 'redeemTraffic', [receipt, signature])
}

async function totalCoins({ bench }: ReplicaBench): Promise<bigint> {
  let coins = 0n
  for (const account of ACCOUNTS) coins += await bench.balanceOf(account)
  return coins
}

async function checkCoins(replicas: ReplicaBench): Promise<void> {
  const { bench, market } = replicas
  let held = await replicas.reserved()
  for (const id of (await market.view('buckets', 0, 100)) as string[]) {
    held += await replicas.escrow(id)
  }
  for (const account of ACCOUNTS) {
    held += (await market.credit(account)) as bigint
    held += (await market.view('trafficEscrowOf', account)) as bigint
  }
  assert.equal(await bench.balanceOf(MARKET), held)
}

interface Held {
  id: string
  bucketId: string
  node: bigint
  sizeBytes: bigint
  dueWei: bigint
  endTime: bigint
}

/** The replicas of a life that were not released. */
async function readHeld({ replicas, ids }: Life): Promise<Held[]> {
  const held: Held[] = []
  for (const id of ids) {
    const outcome = await replicas.bench.call('Replicas', 'replicaOf', [id])
    if (outcome.failure !== undefined) continue
    const [bucketId] = outcome.result[0] as [string]
    const numbers = outcome.result[0] as bigint[]
    const [leafCount, sizeBytes, price, earned, collected, , endTime] = numbers.slice(5) as Seven
    assert.equal(sizeBytes, leafCount * LEAF_BYTES)
    assert.ok(collected <= earned && earned <= price)
    held.push({ id, bucketId, node: numbers[3]!, sizeBytes, dueWei: price - collected, endTime })
  }
  return held
}

type Seven = [bigint, bigint, bigint, bigint, bigint, bigint, bigint]

const bytesOf = (held: readonly Held[]): bigint =>
  held.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0n)

async function checkBytes(life: Life): Promise<void> {
  const { replicas } = life
  const held = await readHeld(life)
  assert.equal(await replicas.view('replicaCount'), BigInt(held.length))
  assert.equal(
    await replicas.reserved(),
    held.reduce((sum, { dueWei }) => sum + dueWei, 0n),
  )
  for (let node = 0n; node < BigInt(NODES); node++) {
    const onNode = held.filter((replica) => replica.node === node)
    assert.deepEqual(await replicas.nodeUse(node), [bytesOf(onNode), BigInt(onNode.length)])
    const listed = (await replicas.view('replicasOfNode', node, 0, 100)) as string[]
    assert.deepEqual([...listed].sort(), onNode.map(({ id }) => id).sort())
  }
  for (const id of (await replicas.market.view('buckets', 0, 100)) as string[]) {
    const bucket = await replicas.market.bucketOf(id)
    const since = bucket.startTime as bigint
    const ofBucket = held.filter(({ bucketId, endTime }) => bucketId === id && endTime > since)
    assert.equal(bucket.usedBytes, bytesOf(ofBucket))
    const limit = (await replicas.market.view('replicaLimitOf', id)) as bigint
    assert.ok(bytesOf(ofBucket) <= limit)
  }
}

test('what a farmer is paid for traffic never exceeds what its buyer set aside, however it is split', async () => {
  const parts = fc.array(fc.bigInt(1n, 3n * GB), { minLength: 1, maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(fc.bigInt(1n, 10n * GB), parts, async (bought, downloads) => {
      const replicas = await ReplicaBench.create()
      const farmer = FARMERS[0]!.address
      await replicas.bench.fund(BUYER)
      const purchase = { from: BUYER, value: GNX }
      await replicas.bench.send('StorageMarket', 'buyTraffic', [bought], purchase)
      const price = (await replicas.market.view('quoteTraffic', bought)) as bigint
      const before = await replicas.bench.balanceOf(farmer)
      let total = 0n
      for (const bytes of downloads) {
        total += bytes
        await redeem(replicas, farmer, total)
      }
      const paid = (await replicas.bench.balanceOf(farmer)) - before
      const left = (await replicas.market.view('trafficOf', BUYER)) as bigint
      const escrow = (await replicas.market.view('trafficEscrowOf', BUYER)) as bigint
      assert.equal(left, total < bought ? bought - total : 0n)
      assert.equal(paid + escrow, kept(price))
      if (left === 0n) assert.equal(escrow, 0n)
      const fair = (kept(price) * (bought - left)) / bought
      assert.ok(fair - paid <= BigInt(downloads.length) && paid <= fair + 1n)
    }),
    { numRuns: 40 },
  )
})
