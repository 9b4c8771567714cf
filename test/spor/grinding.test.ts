import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as bls from '../../src/crypto/bls.ts'
import { keccak256 } from '../../src/crypto/keccak.ts'
import { mixReveal, revealHash } from '../../src/protocol/seal.ts'
import { grindingProbability, passProbability } from '../../src/spor/detection.ts'
import { scheduledSeed } from '../../src/spor/inspectionSeed.ts'
import { samplePositions } from '../../src/spor/sampling.ts'
import { bytesNamed } from './inspectionBench.ts'

const TOTAL_LEAVES = 37_471n
const NODE = 7n

/** A farmer without a fifth of its leaves, which lie all over. */
const isMissing = (position: bigint): boolean =>
  bytesNamed(`leaf ${position}`, 32)[0]! < Math.round(256 * 0.2)

const passes = (mix: Uint8Array, round: bigint): boolean =>
  !samplePositions(scheduledSeed({ mix, node: NODE, round }), TOTAL_LEAVES).some(isMissing)

/** The share of rounds in which any of the mixes that a proposer can choose from suits its farmer. */
function passedShare(rounds: number, mixesOf: (round: bigint) => readonly Uint8Array[]): number {
  let passed = 0
  for (let round = 0n; round < BigInt(rounds); round++) {
    if (mixesOf(round).some((mix) => passes(mix, round))) passed++
  }
  return passed / rounds
}

describe('a proposer whose farmer lacks 20 % of its leaves', () => {
  test('buys 87 % of inspections with 16 tries, where the block hash decides', () => {
    const blockHashes = (round: bigint): Uint8Array[] =>
      Array.from({ length: 16 }, (_, nonce) => bytesNamed(`block ${round} with ${nonce}`, 32))
    const share = passedShare(400, blockHashes)
    // Three standard deviations of 400 draws at .874.
    assert.ok(Math.abs(share - grindingProbability(passProbability(0.2), 16)) < 0.05, `${share}`)
    assert.ok(share > 0.8)
  })

  const chain = { chainId: 1n, genesisHash: bytesNamed('genesis', 32) }
  const secretKey = bls.secretKeyFromSeed(bytesNamed('validator', 32))
  const publicKey = bls.publicKey(secretKey)

  test('has one reveal for a slot, whatever else its block says', () => {
    const message = revealHash(chain, 3n, 1_000n)
    const reveal = bls.sign(message, secretKey)
    assert.deepEqual(bls.sign(message, secretKey), reveal)
    assert.ok(bls.verify(message, reveal, publicKey))
    for (let attempt = 0; attempt < 16; attempt++) {
      const other = bls.sign(keccak256(bytesNamed(`attempt ${attempt}`, 32)), secretKey)
      assert.ok(!bls.verify(message, other, publicKey))
    }
    for (let at = 0; at < reveal.length; at++) {
      const changed = reveal.slice()
      changed[at]! ^= 1
      assert.ok(!bls.verify(message, changed, publicKey))
    }
  })

  test('gains one bit from its reveal: it may withhold it, and that costs the block', () => {
    const twoMixes = (round: bigint): Uint8Array[] => {
      const parentMix = bytesNamed(`parent of ${round}`, 32)
      const revealed = mixReveal(parentMix, bls.sign(revealHash(chain, 0n, round), secretKey))
      const nextProposers = mixReveal(parentMix, bytesNamed(`another reveal for ${round}`, 96))
      return [revealed, nextProposers]
    }
    const share = passedShare(400, twoMixes)
    // Three standard deviations of 400 draws at .23.
    assert.ok(Math.abs(share - grindingProbability(passProbability(0.2), 2)) < 0.065, `${share}`)
  })
})
