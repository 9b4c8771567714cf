import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { corruptionBound, encodedFile, tolerableLoss } from '../../src/spor/durability.ts'

/** YP 4.3: 2 GiB in blocks of 128 bits, a million sentinels, half a percent corrupted. */
const paper = encodedFile(2 ** 27, 1_000_000)

const percent = (share: number, digits: number): string => (100 * share).toFixed(digits)

describe("the paper's worked example of a setup", () => {
  test('has 153,477,870 blocks in 601,874 codewords, and 154,477,870 with its sentinels', () => {
    assert.deepEqual(paper, {
      codewords: 601_874,
      codedBlocks: 153_477_870,
      sentinels: 1_000_000,
      totalBlocks: 154_477_870,
    })
  })

  test('grows by just over 14 % from the code, and by around 15 % in all', () => {
    assert.equal(percent(paper.codedBlocks / 2 ** 27 - 1, 2), '14.35')
    assert.equal(percent(paper.totalBlocks / 2 ** 27 - 1, 1), '15.1')
  })

  test('corrupts 1.29 blocks of a codeword on average, and is lost with at most 4.7 in a million', () => {
    const { meanPerCodeword, lossProbability } = corruptionBound(paper, 0.005)
    assert.equal(meanPerCodeword.toFixed(2), '1.29')
    assert.equal((lossProbability * 1e6).toFixed(1), '4.7')
    assert.equal((16 - meanPerCodeword).toFixed(2), '14.71')
    assert.ok(lossProbability < 1 / 200_000)
  })
})

describe('the loss that the inner code absorbs, once in a million failing', () => {
  for (const [what, codewords, errors, erasures] of [
    ['2 MiB', 10, '1.35', '4.6'],
    ['32 MiB', 147, '1.11', '4.1'],
    ['256 MiB', 1_176, '0.97', '3.75'],
    ['2 GiB in blocks of 16 bytes', 601_874, '0.64', '2.9'],
  ] as const) {
    test(`is ${errors} % of ${what} at unknown places and ${erasures} % at known ones`, () => {
      const digits = erasures.length - 2
      assert.equal(percent(tolerableLoss(codewords, 16, 1e-6), 2), errors)
      assert.equal(percent(tolerableLoss(codewords, 32, 1e-6), digits), erasures)
    })
  }
})
