import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { keccak256 } from '../../src/crypto/keccak.ts'
import { fingerprintGroup, samplePositions } from '../../src/spor/sampling.ts'
import { bytesNamed } from './inspectionBench.ts'

const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 })

/** A seed whose choice of a group is this number. */
function seedChoosing(choice: bigint): Uint8Array {
  const seed = new Uint8Array(32)
  new DataView(seed.buffer).setBigUint64(0, choice)
  return seed
}

describe("the paper's six fingerprints", () => {
  test('have 63 groups, and none of them is empty', () => {
    const groups = new Set<bigint>()
    for (let choice = 0n; choice < 1_000n; choice++) {
      groups.add(fingerprintGroup(seedChoosing(choice), 6))
    }
    assert.deepEqual(
      [...groups].sort((a, b) => Number(a - b)),
      Array.from({ length: 63 }, (_, at) => BigInt(at + 1)),
    )
  })

  test('have groups that are equally likely', () => {
    const draws = 63_000
    const found = new Array<number>(64).fill(0)
    for (let draw = 0; draw < draws; draw++) {
      const seed = keccak256(new TextEncoder().encode(`draw ${draw}`))
      found[Number(fingerprintGroup(seed, 6))]!++
    }
    const expected = draws / 63
    const chiSquare = found.slice(1).reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0)
    // 62 degrees of freedom: above 109 once in ten thousand, and the draws are always the same.
    assert.ok(chiSquare < 109, `chi-square ${chiSquare}`)
  })

  test('4 to 9, asked as {5, 7, 9} and as {4, 7}, want different receipts', () => {
    const fingerprints = [4, 5, 6, 7, 8, 9]
    const asked = [
      [5, 7, 9],
      [4, 7],
    ].map((group) =>
      group.reduce((mask, finger) => mask | (1n << BigInt(fingerprints.indexOf(finger))), 0n),
    )
    const receipts = asked.map((group) => {
      const seed = seedChoosing(group - 1n)
      assert.equal(fingerprintGroup(seed, 6), group)
      return samplePositions(seed, 600n, 6).map((position) => fingerprints[Number(position / 100n)])
    })
    assert.deepEqual(receipts, [
      [5, 7, 9],
      [4, 7],
    ])
  })
})

describe('samplePositions', () => {
  test('asks for one leaf of each region in the group, and of no other', () => {
    fc.assert(
      fc.property(
        seeds,
        fc.integer({ min: 1, max: 32 }),
        fc.bigInt({ min: 32n, max: 2n ** 64n - 1n }),
        (seed, regionCount, totalLeaves) => {
          const regionOf = (position: bigint): number => {
            const guess = Number((position * BigInt(regionCount)) / totalLeaves)
            const end = (totalLeaves * BigInt(guess + 1)) / BigInt(regionCount)
            return position < end ? guess : guess + 1
          }
          const positions = samplePositions(seed, totalLeaves, regionCount)
          const group = positions.reduce((mask, at) => mask | (1n << BigInt(regionOf(at))), 0n)
          assert.equal(group, fingerprintGroup(seed, regionCount))
          assert.ok(positions.every((position, at) => position > (positions[at - 1] ?? -1n)))
          assert.ok(positions.at(-1)! < totalLeaves)
        },
      ),
    )
  })

  test('asks for every leaf equally often', () => {
    const found = new Array<number>(100).fill(0)
    for (let draw = 0; draw < 5_000; draw++) {
      for (const position of samplePositions(bytesNamed(`sample ${draw}`, 32), 100n)) {
        found[Number(position)]!++
      }
    }
    const expected = found.reduce((sum, count) => sum + count, 0) / 100
    const chiSquare = found.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
    // 99 degrees of freedom: above 160 once in ten thousand.
    assert.ok(chiSquare < 160, `chi-square ${chiSquare}`)
  })

  test('refuses seeds, region counts and totals that nothing can be drawn from', () => {
    const seed = new Uint8Array(32)
    assert.throws(() => samplePositions(new Uint8Array(31), 100n), { code: 'BAD_SEED' })
    for (const count of [0, 33, 1.5, Number.NaN]) {
      assert.throws(() => samplePositions(seed, 100n, count), { code: 'BAD_REGION_COUNT' })
    }
    for (const total of [0n, 19n, -1n, 2n ** 64n]) {
      assert.throws(() => samplePositions(seed, total), { code: 'TOO_FEW_LEAVES' })
    }
  })
})
