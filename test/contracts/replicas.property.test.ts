import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Address } from '@ethereumjs/util'
import fc from 'fast-check'
import { systemContractAddress } from '../../src/protocol/addresses.ts'
import { DEVNET_FARMER_TERMS } from '../../src/protocol/devnetFarmers.ts'
import { DEVNET_VALIDATOR } from '../../src/protocol/devnetValidator.ts'
import { DAY_SECONDS, GB, GNX } from '../../src/protocol/params.ts'
import { replicaIdOf } from '../../src/protocol/replicaContract.ts'
import { ALICE, BOB, succeeded } from '../helpers/contractBench.ts'
import { InspectionBench, SYSTEM } from '../helpers/inspectionBench.ts'
import { bucketIdOf } from '../helpers/marketBench.ts'
import { FARMERS, LEAF_BYTES, type ReplicaBench } from '../helpers/replicaBench.ts'
import { BUYER, redeem } from '../helpers/trafficBuyer.ts'

const FARMERS_STAKE = BigInt(FARMERS.length) * DEVNET_FARMER_TERMS.stakeWei
const MARKET = systemContractAddress('StorageMarket')
const ZERO = new Address(new Uint8Array(20))
const OWNERS = [ALICE, BOB]
const NODES = 3
const CONTRACTS = ['Staking', 'Heft', 'Inspections', 'SentinelGroups'] as const
const ACCOUNTS = [ALICE, BOB, BUYER, ZERO, MARKET, ...FARMERS.map(({ address }) => address)]
const HOLDERS = [...ACCOUNTS, ...CONTRACTS.map(systemContractAddress)]

const PAPERWORK = [
  ...(['buy', 'extend', 'register', 'register', 'register', 'register'] as const),
  ...(['release', 'release', 'collect', 'withdraw', 'traffic', 'redeem', 'wait'] as const),
]
const INSPECTED = ['join', 'join', 'prove', 'prove', 'miss', 'sync'] as const

/** Steps of the life of buckets, replicas and traffic; numbers choose whose, which and how much. */
const stepsOf = (
  actions: readonly ((typeof PAPERWORK)[number] | (typeof INSPECTED)[number])[],
  maxLength: number,
) =>
  fc.array(
    fc.record({
      action: fc.constantFrom(...actions),
      who: fc.nat(1),
      tag: fc.integer({ min: 1, max: 2 }),
      node: fc.nat(NODES - 1),
      amount: fc.bigInt(1n, 9n),
      pick: fc.nat(99),
    }),
    { minLength: 15, maxLength },
  )

type Steps = ReturnType<typeof stepsOf>
type Step = Parameters<Parameters<Steps['map']>[0]>[0][number]

/** A life with the ids of all replicas that were ever registered in it. */
interface Life {
  inspections: InspectionBench
  replicas: ReplicaBench
  ids: string[]
  rewardsWei: bigint
}

test('coins are in escrow, reserved, credit, paid or burned, and bytes are counted where they are', () =>
  keepsBooks(stepsOf(PAPERWORK, 50), 12))

test('coins and bytes are where they belong when farmers prove, fail and are discharged', () =>
  keepsBooks(stepsOf([...PAPERWORK, ...INSPECTED, ...INSPECTED], 35), 4))

const keepsBooks = (steps: Steps, numRuns: number): Promise<void> =>
  fc.assert(
    fc.asyncProperty(steps, async (life) => {
      const inspections = await InspectionBench.create()
      const { replicas } = inspections
      await replicas.bench.fund(BUYER)
      const state: Life = { inspections, replicas, ids: [], rewardsWei: 0n }
      const coins = await totalCoins(replicas)
      for (const step of life) await take(state, step)
      assert.equal(await totalCoins(replicas), coins)
      await checkCoins(replicas)
      await checkBytes(state)
      await checkStakes(state)
    }),
    { numRuns, endOnFailure: true },
  )

async function take(life: Life, step: Step): Promise<void> {
  if ((INSPECTED as readonly string[]).includes(step.action)) return inspect(life, step)
  const { replicas, ids } = life
  const { action, who, tag, node, amount, pick } = step
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

/** The steps of a farmer that is inspected: it joins small replicas, and proves them or does not. */
async function inspect(life: Life, { action, node, amount, pick }: Step): Promise<void> {
  const { inspections, replicas } = life
  if (action === 'join') {
    if (await isBusy(life, node)) return
    const replica = await inspections.registered(node, 20 + pick, amount).catch(() => undefined)
    if (replica === undefined) return
    life.ids.push(replica.id)
    await inspections.join(node, replica)
  } else if (action === 'prove') await prove(life, node)
  else if (action === 'miss') await inspections.endBlocks(16)
  else {
    await inspections.nextBlock(10n)
    await replicas.bench.send('Heft', 'sync', [], { from: SYSTEM })
    const from = FARMERS[node]!.address
    const { failure, result } = await replicas.bench.call('Heft', 'collectReward', [], { from })
    if (failure === undefined) life.rewardsWei += result[0] as bigint
  }
}

/** Whether a node can take nothing into its tree now. */
async function isBusy({ inspections }: Life, node: number): Promise<boolean> {
  const isOut = await inspections.bench.view('Nodes', 'isDischarged', node)
  return isOut === true || (await inspections.view('openChallengeOf', node)) !== 0n
}

/** Goes on until the node is asked, if it is, and has it answer. */
async function prove({ inspections, ids }: Life, node: number): Promise<void> {
  const { totalLeaves } = await inspections.tree(node)
  if (totalLeaves === 0n) return
  const challengeId = await inspections.challenged(node).catch(() => undefined)
  if (challengeId === undefined) return
  const { snapshotSlot, deadlineSlot } = await inspections.challenge(challengeId)
  if (deadlineSlot < inspections.slot) return
  const excused: string[] = []
  for (const id of ids) {
    const slot = (await inspections.view('releasedSlotOf', id)) as bigint
    if (slot !== 0n && slot < snapshotSlot) excused.push(id)
  }
  succeeded(await inspections.answer(challengeId, await inspections.prove(challengeId, excused)))
}

/** Stake is staked or burned, and rewards are less than what was burned of fees. */
async function checkStakes({ replicas, rewardsWei }: Life): Promise<void> {
  const { bench } = replicas
  const staked = (await bench.view('Staking', 'totalStake')) as bigint
  assert.equal(await bench.balanceOf(systemContractAddress('Staking')), staked)
  const slashed = FARMERS_STAKE + DEVNET_VALIDATOR.stakeWei - staked
  assert.ok(rewardsWei <= (await bench.balanceOf(ZERO)) - slashed)
}

async function totalCoins({ bench }: ReplicaBench): Promise<bigint> {
  let coins = 0n
  for (const account of HOLDERS) coins += await bench.balanceOf(account)
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
  paidLeaves: bigint
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
    const counts = (outcome.result[0] as boolean[])[13]
    const isPaid = counts && endTime / DAY_SECONDS > replicas.bench.time / DAY_SECONDS
    const paidLeaves = isPaid ? leafCount : 0n
    const dueWei = price - collected
    held.push({ id, bucketId, node: numbers[3]!, paidLeaves, sizeBytes, dueWei, endTime })
  }
  return held
}

type Seven = [bigint, bigint, bigint, bigint, bigint, bigint, bigint]

const sum = (values: readonly bigint[]): bigint => values.reduce((all, value) => all + value, 0n)

const bytesOf = (held: readonly Held[]): bigint => sum(held.map(({ sizeBytes }) => sizeBytes))

/** The leaves a node is paid for now: the fewest since it was asked a moment ago. */
async function paidLeaves({ bench }: ReplicaBench, node: bigint): Promise<unknown> {
  const from = systemContractAddress('Heft')
  await bench.send('Replicas', 'takePaidLeaves', [node], { from })
  return (await bench.send('Replicas', 'takePaidLeaves', [node], { from })).result[0]
}

async function checkBytes(life: Life): Promise<void> {
  const { replicas } = life
  const held = await readHeld(life)
  assert.equal(await replicas.view('replicaCount'), BigInt(held.length))
  assert.equal(await replicas.reserved(), sum(held.map(({ dueWei }) => dueWei)))
  for (let node = 0n; node < BigInt(NODES); node++) {
    const onNode = held.filter((replica) => replica.node === node)
    assert.deepEqual(await replicas.nodeUse(node), [bytesOf(onNode), BigInt(onNode.length)])
    assert.equal(await paidLeaves(replicas, node), sum(onNode.map((one) => one.paidLeaves)))
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
