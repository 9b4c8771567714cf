import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { HOURS_PER_YEAR, playFarmers, selfDealingBalance } from '../../bench/sporSimulation.ts'
import { GB, GENESIS_PARAMS, GNX } from '../../src/protocol/params.ts'
import { challengesUntilDischarge, passProbability } from '../../src/spor/detection.ts'

describe('farmers who are inspected once an hour', () => {
  for (const [missingShare, words] of [
    [0.05, 'about a day'],
    [0.1, 'about eight hours'],
    [0.2, 'about four hours'],
    [1, 'three hours'],
  ] as const) {
    test(`are discharged in ${words} when ${100 * missingShare} % of their leaves are gone`, () => {
      const kind = { totalLeaves: 2_000, missingShare, transientFailure: 0 }
      const { meanHour, survivedShare } = playFarmers(kind, 300, 2_000)
      const expected = challengesUntilDischarge(passProbability(missingShare))
      assert.equal(survivedShare, 0)
      // The mean of 300 waits strays by a seventeenth of a wait; losses themselves differ between farmers.
      assert.ok(Math.abs(meanHour - expected) < 0.2 * expected, `${meanHour} for ${expected}`)
    })
  }

  test('survive a year with 1 % of failures that pass', () => {
    const kind = { totalLeaves: 1, missingShare: 0, transientFailure: 0.01 }
    const { survivedShare } = playFarmers(kind, 400, HOURS_PER_YEAR)
    assert.ok(survivedShare > 0.97 && survivedShare <= 1, `${survivedShare}`)
  })

  test('survive a month with losses far below what the inner code repairs', () => {
    const kind = { totalLeaves: 2_000, missingShare: 0.001, transientFailure: 0 }
    assert.equal(playFarmers(kind, 50, 720).survivedShare, 1)
  })
})

describe('storing for oneself', () => {
  const { floorPriceWei, expansionBasisPoints, spacePriceWei } = GENESIS_PARAMS
  const dealing = {
    replicaBytes: 1_000n * GB,
    days: 30n,
    replicaPriceWei: floorPriceWei,
    expansionBasisPoints,
    stakeWei: 5_000n * GNX,
  }

  test('loses money with the prices at genesis, however much and long', () => {
    for (const gigabytes of [1n, 100n, 5_000n, 100_000n]) {
      for (const days of [1n, 30n]) {
        assert.ok(selfDealingBalance({ ...dealing, replicaBytes: gigabytes * GB, days }) < 0n)
      }
    }
  })

  test('loses more with less expansion, and with whatever price below the escrow it pays itself', () => {
    const least = selfDealingBalance(dealing)
    assert.ok(selfDealingBalance({ ...dealing, expansionBasisPoints: 10_000n }) < least)
    for (const replicaPriceWei of [0n, floorPriceWei / 2n, 2n * floorPriceWei]) {
      assert.ok(selfDealingBalance({ ...dealing, replicaPriceWei }) <= least)
    }
    assert.throws(() => selfDealingBalance({ ...dealing, replicaPriceWei: spacePriceWei }), {
      name: 'RangeError',
    })
  })

  test('would be lost money with a stake beyond all measure too: heft has no second price', () => {
    assert.ok(selfDealingBalance({ ...dealing, stakeWei: 10n ** 12n * GNX }) < 0n)
  })
})
