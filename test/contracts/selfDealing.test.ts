import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { Address } from '@ethereumjs/util'
import { systemContractAddress } from '../../src/protocol/addresses.ts'
import { DAY_SECONDS, GB, GENESIS_PARAMS } from '../../src/protocol/params.ts'
import { ALICE, succeeded } from '../helpers/contractBench.ts'
import { EarningBench } from '../helpers/earningBench.ts'
import { SYSTEM } from '../helpers/inspectionBench.ts'
import { BUCKET, FARMERS, TERM_SECONDS } from '../helpers/replicaBench.ts'

const MIB_LEAVES = 1_024
const FARMER = FARMERS[0]!.address
const ZERO = new Address(new Uint8Array(20))
/** One owner behind both: a buyer and a farmer under two names. */
const SAME = [ALICE, FARMER]
const { floorPriceWei } = GENESIS_PARAMS

let earnings: EarningBench
let before: bigint
beforeEach(async () => {
  earnings = await EarningBench.create()
  // What Alice had before she bought her bucket is now with her, in the market, or burned.
  const burned = await earnings.replicas.bench.balanceOf(ZERO)
  before = (await wealth()) + burned
})

const bench = () => earnings.replicas.bench
const market = () => earnings.replicas.market

/** All that the two have or could take out. */
async function wealth(): Promise<bigint> {
  let coins = await earnings.replicas.escrow()
  for (const account of SAME) {
    coins += await bench().balanceOf(account)
    coins += (await market().credit(account)) as bigint
    coins += (await market().view('trafficEscrowOf', account)) as bigint
  }
  return coins + (await earnings.replicas.reserved())
}

async function syncHeft(): Promise<void> {
  await earnings.inspections.nextBlock(10n)
  succeeded(await bench().call('Heft', 'sync', [], { from: SYSTEM, gasLimit: 200_000_000n }))
}

/** The reward that was paid, 0 where none was due. */
async function collectReward(): Promise<bigint> {
  const outcome = await bench().call('Heft', 'collectReward', [], { from: FARMER })
  return outcome.failure === undefined ? (outcome.result[0] as bigint) : 0n
}

const burnedSoFar = () => bench().balanceOf(ZERO)

describe('storing for oneself', () => {
  test('loses coins over a whole term at the floor price, with every challenge passed', async () => {
    const leaves = 4 * MIB_LEAVES
    const price = (floorPriceWei * BigInt(leaves) * 1_024n * TERM_SECONDS) / (GB * DAY_SECONDS) + 1n
    const { id } = await earnings.inspections.joined(0, leaves, price)
    await syncHeft()
    await earnings.inspections.passed(0)
    await syncHeft()
    for (const tenths of [1n, 4n, 7n, 10n]) {
      await earnings.proven(tenths)
      await syncHeft()
      const heft = await bench().view('Heft', 'heftOf', FARMER)
      assert.equal(heft, tenths < 10n ? 4n : 0n)
    }
    assert.equal(succeeded(await earnings.replicas.collect([id])).result[0], price)
    const reward = await collectReward()
    assert.ok(reward > 0n)
    assert.ok(reward < (await burnedSoFar()))
    const after = await wealth()
    assert.equal(after, before - (await burnedSoFar()) + reward)
    assert.ok(after < before)
  })

  test('brings no heft with replicas that stand in the tree only while it is asked about', async () => {
    for (let round = 0; round < 3; round++) {
      const replica = await earnings.inspections.joined(0, 2 * MIB_LEAVES, 10n ** 13n)
      if (round === 1) await syncHeft()
      await earnings.inspections.passed(0)
      succeeded(await earnings.replicas.release([replica.id]))
      succeeded(await earnings.inspections.drop(0, replica))
      await syncHeft()
      assert.equal(await bench().view('Heft', 'heftOf', FARMER), 0n)
    }
    assert.equal(await collectReward(), 0n)
    assert.ok((await wealth()) < before)
  })

  test('moves no coins but into rewards and out of the burned share', async () => {
    const { id } = await earnings.inspections.joined(0, MIB_LEAVES, 10n ** 14n)
    const pool = systemContractAddress('Heft')
    const held = await bench().balanceOf(pool)
    await syncHeft()
    await earnings.inspections.passed(0)
    await syncHeft()
    await earnings.proven(10n)
    succeeded(await earnings.replicas.release([id]))
    const reward = await collectReward()
    assert.equal(await bench().balanceOf(pool), held - reward)
    assert.equal(await earnings.replicas.view('isRegistered', id), true)
    assert.equal((await market().bucketOf(BUCKET)).usedBytes, 0n)
  })
})
