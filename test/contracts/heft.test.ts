import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { hexToBytes, type PrefixedHexString } from '@ethereumjs/util'
import { Interface } from 'ethers/abi'
import { SYSTEM_CONTRACTS, systemContractAddress } from '../../src/protocol/addresses.ts'
import { DAY_SECONDS, GB, GENESIS_PARAMS, GNX } from '../../src/protocol/params.ts'
import { heftSyncKey } from '../../src/protocol/slots.ts'
import { systemContractInterface } from '../../src/protocol/systemContracts.ts'
import { decodeHeftSyncWord } from '../../src/protocol/words.ts'
import { assertReverted, encodeCall, eventNames, succeeded } from '../helpers/contractBench.ts'
import { EarningBench } from '../helpers/earningBench.ts'
import { compileFixture } from '../helpers/fixtureContracts.ts'
import { type InspectionBench, SYSTEM } from '../helpers/inspectionBench.ts'
import { FARMERS, TERM_SECONDS } from '../helpers/replicaBench.ts'

const MiB = 1_024
const FARMER = FARMERS[0]!.address
const { floorPriceWei, storageRewardWei, burnShareBasisPoints, heftPerGNX } = GENESIS_PARAMS
/** The least whole price at which a replica of so many leaves counts, for the bench's term. */
const floorOf = (leaves: number): bigint => {
  const dividend = floorPriceWei * BigInt(leaves) * 1_024n * TERM_SECONDS
  return (dividend + GB * DAY_SECONDS - 1n) / (GB * DAY_SECONDS)
}
const PRICE = 10n ** 14n

let earnings: EarningBench
let inspections: InspectionBench
beforeEach(async () => {
  earnings = await EarningBench.create()
  inspections = earnings.inspections
})

const sync = () =>
  inspections.bench.call('Heft', 'sync', [], { from: SYSTEM, gasLimit: 200_000_000n })
const acted = async () => succeeded(await sync()).result[0] as boolean
const heftOf = (account = FARMER) => inspections.bench.view('Heft', 'heftOf', account)
const totalHeft = () => inspections.bench.view('Heft', 'totalHeft')
const reward = async (account = FARMER) =>
  succeeded(await inspections.bench.call('Heft', 'rewardOf', [account])).result as bigint[]
const nextEpoch = () => inspections.nextBlock(10n)

/** Has replicas registered from now on end so many seconds after the bench began. */
function endAt(seconds: bigint): void {
  const { replicas } = earnings
  const { offer } = Object.getPrototypeOf(replicas) as typeof replicas
  replicas.offer = (terms = {}) =>
    offer.call(replicas, { ...terms, endTime: earnings.startTime + seconds })
}

/** Lets an epoch pass with a sync, so that what is paid for counts from now on. */
async function paidEpoch(): Promise<void> {
  await nextEpoch()
  assert.equal(await acted(), true)
}

/** Joins 2 MiB at the floor price or above for an epoch, proves it and syncs. */
async function grown(node = 0, leaves = 2 * MiB, priceWei = PRICE) {
  const replica = await inspections.joined(node, leaves, priceWei)
  await paidEpoch()
  await inspections.passed(node)
  await nextEpoch()
  assert.equal(await acted(), true)
  return replica
}

describe('sync', () => {
  test('gives an account one heft for each paid MiB that it proved', async () => {
    const sizes = [
      [0, 3 * MiB - 1],
      [1, MiB],
    ] as const
    for (const [node, leaves] of sizes) await inspections.joined(node, leaves, PRICE)
    await paidEpoch()
    for (const [node] of sizes) await inspections.passed(node)
    assert.equal(await heftOf(), 0n)
    await nextEpoch()
    const outcome = succeeded(await sync())
    assert.equal(await heftOf(), 2n)
    assert.equal(await heftOf(FARMERS[1]!.address), 1n)
    assert.equal(await totalHeft(), 3n)
    assert.deepEqual(eventNames(outcome), ['HeftChanged', 'HeftChanged', 'HeftSynced'])
  })

  test('counts only what is paid the floor price, to the wei', async () => {
    await inspections.joined(0, MiB, floorOf(MiB) - 1n)
    await paidEpoch()
    await inspections.passed(0)
    await grown(1, MiB, floorOf(MiB))
    assert.equal(await heftOf(), 0n)
    assert.equal(await heftOf(FARMERS[1]!.address), 1n)
  })

  test('counts only what was paid for through a whole epoch', async () => {
    const early = await inspections.joined(0, MiB, PRICE)
    await paidEpoch()
    await inspections.joined(0, 2 * MiB, PRICE)
    await inspections.passed(0)
    await paidEpoch()
    assert.equal(await heftOf(), 1n)
    succeeded(await earnings.replicas.release([early.id]))
    succeeded(await inspections.drop(0, early))
    await inspections.joined(0, MiB, PRICE)
    await inspections.passed(0)
    await paidEpoch()
    assert.equal(await heftOf(), 2n)
    await paidEpoch()
    assert.equal(await heftOf(), 3n)
  })

  test('counts no replica any more from the day on in which its term ends, released or not', async () => {
    const { id } = await grown()
    earnings.at(10n)
    inspections.bench.time -= DAY_SECONDS
    await inspections.passed(0)
    await paidEpoch()
    assert.equal(await heftOf(), 2n)
    earnings.at(10n)
    await inspections.passed(0)
    await paidEpoch()
    assert.equal(await heftOf(), 0n)
    succeeded(await earnings.replicas.release([id]))
    assert.deepEqual(await paidLeaves(), [0n, 0n])
  })

  test('keeps count of what is paid for, however long nobody asked', async () => {
    const ids: string[] = []
    for (let count = 0; count < 3; count++) {
      ids.push((await inspections.joined(0, MiB, PRICE)).id)
    }
    assert.deepEqual(await paidLeaves(), [3n * 1_024n, 0n])
    succeeded(await earnings.replicas.release(ids.slice(1)))
    assert.deepEqual(await paidLeaves(), [1_024n, 0n])
    inspections.bench.time += 20_000n * DAY_SECONDS
    succeeded(await earnings.replicas.release(ids.slice(0, 1)))
    assert.deepEqual(await paidLeaves(), [0n, 0n])
    const refused = await inspections.bench.call('Replicas', 'takePaidLeaves', [0])
    assertReverted(refused, 'OnlyHeft')
  })

  test('counts no ended replica, whatever else is registered on the day it ends', async () => {
    endAt(10n * DAY_SECONDS + 7_200n)
    await grown()
    inspections.bench.time = earnings.startTime + 10n * DAY_SECONDS
    const restOfDay = DAY_SECONDS - (inspections.bench.time % DAY_SECONDS)
    endAt(10n * DAY_SECONDS + restOfDay - 1n)
    await inspections.registered(0, 20, PRICE)
    inspections.bench.time += 30n * DAY_SECONDS
    await inspections.passed(0)
    await paidEpoch()
    assert.equal(await heftOf(), 0n)
    assert.deepEqual(await paidLeaves(), [0n, 0n])
  })

  test('averages the last challenges, so that a missed one costs its share', async () => {
    await grown(0, 2 * MiB)
    await inspections.missed(0)
    await nextEpoch()
    await acted()
    assert.equal(await heftOf(), 1n)
  })

  test('runs once an epoch, and once for all epochs without blocks', async () => {
    await inspections.joined(0, MiB, PRICE)
    assert.equal(await acted(), false)
    await nextEpoch()
    assert.equal(await acted(), true)
    await inspections.nextBlock()
    assert.equal(await acted(), false)
    await inspections.nextBlock(1_000n)
    assert.equal(await acted(), true)
    assert.equal(await acted(), false)
    const word = await inspections.bench.evm.stateManager.getStorage(
      systemContractAddress('Heft'),
      heftSyncKey,
    )
    const epoch = (inspections.slot / 10n) as bigint
    assert.deepEqual(decodeHeftSyncWord(word), { epoch, cursor: 0n })
  })

  test('does nothing on a chain without replicas', async () => {
    await nextEpoch()
    assert.equal(await acted(), false)
  })

  test('is limited by the stake', async () => {
    await grown(0, 3 * MiB)
    const unit = GNX / heftPerGNX
    await inspections.bench.send('Staking', 'bet', [], { from: FARMER, value: 1n })
    const slash = [FARMER, 5_000n * GNX + 1n - 2n * unit]
    await inspections.bench.send('Staking', 'slash', slash, {
      from: systemContractAddress('Inspections'),
    })
    assert.equal(await heftOf(), 3n)
    await nextEpoch()
    await acted()
    assert.equal(await heftOf(), 2n)
  })

  test('lets heft fall to nothing as fast as the farmer fails, and at once when its node leaves', async () => {
    await grown(0)
    await grown(1)
    assert.equal(await totalHeft(), 4n)
    for (let miss = 0; miss < 3; miss++) await inspections.missed(0)
    assert.equal(await heftOf(), 0n)
    const left = (await heftOf(FARMERS[1]!.address)) as bigint
    assert.equal(await totalHeft(), left)
  })

  test('visits 256 nodes a block, and goes on in the next ones whoever leaves meanwhile', async () => {
    await earnings.replicas.bench.send('Staking', 'bet', [], { value: 252n * 5_000n * GNX })
    for (let number = 0; number < 252; number++) {
      const args = [`0x${(number + 1).toString(16).padStart(4, '0')}`, 1n, `0x${'00'.repeat(32)}`]
      await earnings.replicas.bench.send('Nodes', 'register', args)
    }
    await inspections.joined(0, MiB, PRICE)
    await inspections.joined(1, MiB, PRICE)
    await paidEpoch()
    await inspections.nextBlock()
    assert.equal(await acted(), true)
    await inspections.passed(0)
    await inspections.passed(1)
    await nextEpoch()
    assert.equal(await acted(), true)
    assert.deepEqual((await syncState())[1], 2n)
    assert.equal(await heftOf(), 0n)
    for (const node of [257n, 7n]) await inspections.bench.send('Nodes', 'retire', [node])
    await inspections.nextBlock()
    const outcome = succeeded(await sync())
    assert.ok(eventNames(outcome).includes('HeftSynced'))
    assert.deepEqual((await syncState())[1], 0n)
    assert.equal(await totalHeft(), 2n)
  })
})

const paidLeaves = async () =>
  succeeded(await inspections.bench.call('Replicas', 'paidLeavesOf', [0])).result as bigint[]

const syncState = async () =>
  succeeded(await inspections.bench.call('Heft', 'syncState')).result as bigint[]

describe('the storage reward', () => {
  test('is what heft in force brings by the second, from its first sync on', async () => {
    await grown()
    assert.deepEqual(await reward(), [0n, 0n])
    inspections.bench.time += DAY_SECONDS
    const [due, accrued] = await reward()
    assert.equal(due, 0n)
    assert.equal(accrued, (2n * 1_048_576n * storageRewardWei) / GB)
  })

  test('is due only as far as coins were burned for what the account’s own replicas earned', async () => {
    const priceWei = floorOf(2 * MiB)
    const { id } = await grown(0, 2 * MiB, priceWei)
    await earnings.proven(2n)
    earnings.at(5n)
    const [, accrued] = await reward()
    assertReverted(await collect(), 'NoReward')
    succeeded(await earnings.replicas.collect([id]))
    const allowance = ((priceWei / 5n) * burnShareBasisPoints) / 10_000n
    assert.ok(allowance < accrued!)
    assert.equal((await reward())[0], allowance)
    const before = await inspections.bench.balanceOf(FARMER)
    const outcome = succeeded(await collect())
    assert.deepEqual(eventNames(outcome), ['RewardCollected'])
    assert.equal(await inspections.bench.balanceOf(FARMER), before + allowance)
    assertReverted(await collect(), 'NoReward')
  })

  test('is collected once by a farmer with code that asks again while it is paid', async () => {
    const source = compileFixture('Actor')
    const actor = { address: FARMER, abi: new Interface(JSON.stringify(source.abi)) }
    const code = hexToBytes(source.runtimeBytecode as PrefixedHexString)
    const { id } = await grown()
    await earnings.proven(5n)
    succeeded(await earnings.replicas.collect([id]))
    await inspections.bench.evm.stateManager.putCode(FARMER, code)
    await inspections.bench.send(actor, 'reenterWith', [
      SYSTEM_CONTRACTS.Heft,
      encodeCall(systemContractInterface('Heft'), 'collectReward', []),
    ])
    const [due] = await reward()
    const before = await inspections.bench.balanceOf(FARMER)
    succeeded(await collect())
    assert.equal(await inspections.bench.view(actor, 'reentrySucceeded'), false)
    assert.equal(await inspections.bench.balanceOf(FARMER), before + due!)
  })

  test('never exceeds what the contract holds', async () => {
    const { id } = await grown()
    await earnings.proven(5n)
    succeeded(await earnings.replicas.collect([id]))
    await inspections.bench.fund(systemContractAddress('Heft'), 7n)
    assert.equal((await reward())[0], 7n)
  })
})

const collect = (from = FARMER) => inspections.bench.call('Heft', 'collectReward', [], { from })

test('the reward for a GB and day is no more than what is burned for it at the floor price', async () => {
  const { result } = succeeded(await inspections.bench.call('Params', 'heftTerms'))
  assert.deepEqual(result, [heftPerGNX, storageRewardWei])
  assert.ok(storageRewardWei <= (floorPriceWei * burnShareBasisPoints) / 10_000n)
})
