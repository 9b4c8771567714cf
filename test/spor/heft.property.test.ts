import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { DAY_SECONDS, GB, GENESIS_PARAMS, GNX } from '../../src/protocol/params.ts'
import {
  countsForHeft,
  heftUnits,
  storageRewardRate,
  storageRewardWei,
  windowLeaves,
} from '../../src/spor/heft.ts'

const MIB_LEAVES = 1_024n
const unbounded = { heftPerGNX: 2n ** 64n }

describe('heft', () => {
  test('is one unit for each MiB with 20 regions, and twice as many with twice the granularity', () => {
    const one = { provenLeaves: [20n * MIB_LEAVES], stakeWei: GNX }
    assert.equal(heftUnits(one, unbounded), 20n)
    assert.equal(heftUnits(one, unbounded, 12), 12n)
    assert.equal(heftUnits(one, unbounded, 6), 6n)
  })

  test('gives, for a sixth of a quota, one unit of six regions or two of twelve, and a third for a twelfth more', () => {
    const sixth = (20n * MIB_LEAVES) / 6n + 1n
    const proven = (leaves: bigint) => ({ provenLeaves: [leaves], stakeWei: GNX })
    assert.equal(heftUnits(proven(sixth), unbounded, 6), 1n)
    assert.equal(heftUnits(proven(sixth), unbounded, 12), 2n)
    assert.equal(heftUnits(proven(sixth + sixth / 2n), unbounded, 6), 1n)
    assert.equal(heftUnits(proven(sixth + sixth / 2n), unbounded, 12), 3n)
  })

  test('is rounded once for all nodes of an account, and at most what its stake carries', () => {
    const half = MIB_LEAVES / 2n
    assert.equal(heftUnits({ provenLeaves: [half, half], stakeWei: GNX }, GENESIS_PARAMS), 1n)
    const large = { provenLeaves: [10_000n * MIB_LEAVES], stakeWei: 2n * GNX }
    assert.equal(heftUnits(large, GENESIS_PARAMS), 2_048n)
    assert.equal(heftUnits({ ...large, stakeWei: 0n }, GENESIS_PARAMS), 0n)
  })

  test('looks back on the last 24 challenges, of which a failed one proved nothing', () => {
    assert.equal(windowLeaves([]), 0n)
    assert.equal(windowLeaves([600n, 0n]), 300n)
    assert.equal(windowLeaves([...new Array<bigint>(24).fill(0n), 2_400n]), 100n)
    assert.equal(windowLeaves([2_400n, ...new Array<bigint>(24).fill(0n)]), 0n)
  })

  test('counts what is paid at the floor price or above it, to the wei', () => {
    const replica = { sizeBytes: GB, termSeconds: DAY_SECONDS }
    const { floorPriceWei } = GENESIS_PARAMS
    assert.ok(countsForHeft({ ...replica, priceWei: floorPriceWei }, GENESIS_PARAMS))
    assert.ok(!countsForHeft({ ...replica, priceWei: floorPriceWei - 1n }, GENESIS_PARAMS))
  })
})

describe('storing for oneself', () => {
  test('loses money under any prices: less is rewarded than is burned', () => {
    const wei = fc.bigInt({ min: 10_000n, max: GNX })
    fc.assert(
      fc.property(
        wei,
        wei,
        fc.bigInt({ min: 1n, max: 9_999n }),
        fc.bigInt({ min: 1n, max: 3n * GB }),
        fc.bigInt({ min: DAY_SECONDS, max: 1_000n * DAY_SECONDS }),
        (floorPriceWei, rewardWei, burnShareBasisPoints, sizeBytes, termSeconds) => {
          const params = {
            floorPriceWei,
            storageRewardWei: rewardWei,
            burnShareBasisPoints,
            heftPerGNX: 2n ** 64n,
          }
          const unit = GB * DAY_SECONDS
          const priceWei = (floorPriceWei * sizeBytes * termSeconds + unit - 1n) / unit
          assert.ok(countsForHeft({ priceWei, sizeBytes, termSeconds }, params))
          // A replica is paid from what is left of a fee after its share is burned.
          const feeWei = (priceWei * 10_000n) / (10_000n - burnShareBasisPoints)
          const burnedWei = feeWei - priceWei
          const stake = { provenLeaves: [sizeBytes / 1_024n], stakeWei: GNX }
          const rewarded = storageRewardWei(heftUnits(stake, params), termSeconds, params)
          assert.ok(rewarded <= burnedWei)
          assert.ok(storageRewardRate(params) * 10_000n <= floorPriceWei * burnShareBasisPoints)
        },
      ),
    )
  })

  test('loses more than half of what it burns with the prices at genesis', () => {
    const { spacePriceWei, burnShareBasisPoints, expansionBasisPoints } = GENESIS_PARAMS
    const burnedPerReplicaGB =
      (spacePriceWei * burnShareBasisPoints) / 10_000n / (expansionBasisPoints / 10_000n)
    assert.ok(2n * storageRewardRate(GENESIS_PARAMS) < burnedPerReplicaGB)
  })
})
