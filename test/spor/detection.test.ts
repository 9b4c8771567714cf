import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  auditsNeeded,
  challengesUntilDischarge,
  dischargeProbability,
  grindingProbability,
  groupCount,
  meanSampledLeaves,
  passProbability,
  replayProbability,
  sentinelDetection,
} from '../../src/spor/detection.ts'

const MISSING = [0.03, 0.05, 0.1, 0.2, 0.5]

describe("the paper's private audits", () => {
  test('of 1,000 sentinels detect half a percent of corruption with at least 71.3 %', () => {
    const detection = sentinelDetection(0.005, 1_000)
    assert.ok(detection >= 0.713)
    assert.equal((100 * detection).toFixed(2), '71.37')
  })

  test('are a million sentinels enough for, once a day, for about three years', () => {
    assert.equal(1_000_000 / 1_000, 1_000)
    assert.equal((1_000 / 365).toFixed(0), '3')
  })

  test('miss with less than one in a million after 12, and not after 11', () => {
    const detection = sentinelDetection(0.005, 1_000)
    assert.equal(auditsNeeded(detection, 1e-6), 12)
    assert.ok((1 - detection) ** 12 < 1e-6)
    assert.ok((1 - detection) ** 11 > 1e-6)
  })
})

describe('inspections of groups of regions', () => {
  for (const [regions, groups, leaves, replays, passes, challenges] of [
    [6, 63, '3.05', '4.0e-6', [0.912, 0.857, 0.731, 0.524, 0.165], [1604, 397, 69, 16, 4.3]],
    [12, 4_095, '6.00', '1.5e-11', [0.834, 0.738, 0.54, 0.282, 0.031], [261, 74, 17, 6, 3.2]],
    [20, 1_048_575, '10.00', '8.7e-19', [0.739, 0.603, 0.358, 0.122, 0.003], [75, 25, 7.8, 3.9, 3]],
    [32, 2 ** 32 - 1, '16.00', '1.3e-29', [0.617, 0.445, 0.194, 0.034, 0], [27, 11, 4.7, 3.2, 3]],
  ] as const) {
    test(`with ${regions} regions ask for ${leaves} leaves and pass and discharge as calculated`, () => {
      assert.equal(groupCount(regions), groups)
      assert.equal(meanSampledLeaves(regions).toFixed(2), leaves)
      assert.equal(replayProbability(3, regions).toExponential(1), replays)
      for (const [at, missing] of MISSING.entries()) {
        const pass = passProbability(missing, regions)
        assert.ok(Math.abs(pass - passes[at]!) < 0.0006, `${missing} missing passes with ${pass}`)
        const expected = challenges[at]!
        const until = challengesUntilDischarge(pass)
        const unit = Number.isInteger(expected) && expected >= 10 ? 0.51 : 0.06
        assert.ok(Math.abs(until - expected) < unit, `${missing} missing takes ${until}`)
      }
    })
  }

  test('are passed by who has everything, and by nobody who has nothing', () => {
    assert.equal(passProbability(0), 1)
    assert.equal(passProbability(1), 0)
    assert.equal(challengesUntilDischarge(passProbability(1)), 3)
  })

  test('discharge 5 % of loss in about a day of hourly ones, 10 % in eight hours and all in three', () => {
    for (const [missing, hours] of [
      [0.05, 25],
      [0.1, 8],
      [1, 3],
    ] as const) {
      assert.equal(Math.round(challengesUntilDischarge(passProbability(missing))), hours)
    }
  })
})

describe('three failures in a row', () => {
  test('discharge an honest farmer with 1 % transient failures in less than 1 % of years', () => {
    const inYear = dischargeProbability(0.01, 365 * 24)
    assert.ok(inYear > 0.008 && inYear < 0.009, `${inYear}`)
  })

  test('are counted since the last pass: three anywhere among 256 would discharge 47 % of such farmers', () => {
    const [none, one, two] = [0, 1, 2].map(
      (count) => choose(256, count) * 0.01 ** count * 0.99 ** (256 - count),
    ) as [number, number, number]
    assert.equal((1 - none - one - two).toFixed(2), '0.47')
    assert.ok(dischargeProbability(0.01, 256) < 3e-4)
  })

  test('come within as many challenges as the mean says', () => {
    const failure = 1 - passProbability(0.1)
    let mean = 0
    for (let challenges = 0; challenges < 1_000; challenges++) {
      mean += 1 - dischargeProbability(failure, challenges)
    }
    assert.ok(Math.abs(mean - challengesUntilDischarge(1 - failure)) < 1e-6)
  })
})

describe('who may choose among seeds', () => {
  const pass = passProbability(0.2)

  test('passes 87 % of inspections with 16 tries at 20 % missing, and all with a thousand', () => {
    // The printed value starts from the rounded .122.
    assert.ok(Math.abs(grindingProbability(pass, 16) - 0.87) < 0.006)
    assert.ok(grindingProbability(pass, 1_024) > 0.999_999)
  })

  test('passes 23 % with the two tries of withholding a reveal, and is still discharged', () => {
    const withTwo = grindingProbability(pass, 2)
    assert.equal(withTwo.toFixed(2), '0.23')
    assert.ok(challengesUntilDischarge(withTwo) < 6)
    assert.equal(grindingProbability(passProbability(0.2, 6), 2).toFixed(2), '0.77')
  })
})

const choose = (n: number, k: number): number => {
  let result = 1
  for (let at = 0; at < k; at++) result = (result * (n - at)) / (at + 1)
  return result
}
