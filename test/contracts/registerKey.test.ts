import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@ethereumjs/util'
import { bls12_381 } from '@noble/curves/bls12-381.js'
import { POSSESSION_TAG } from '../../src/crypto/bls.ts'
import {
  ALICE,
  assertReverted,
  BOB,
  ContractBench,
  checksum,
  eventNames,
} from '../helpers/contractBench.ts'
import { compileFixture } from '../helpers/fixtureContracts.ts'
import { createTestKey } from '../helpers/validatorKey.ts'

const key = createTestKey(1)
const other = createTestKey(2)
const G1_INFINITY = new Uint8Array(128)
const G2_INFINITY = new Uint8Array(256)

let bench: ContractBench
beforeEach(async () => {
  bench = await ContractBench.create()
})

const register = (publicKey: Uint8Array, proof: Uint8Array, from = ALICE) =>
  bench.call('Staking', 'registerKey', [publicKey, proof, BOB], { from })

const flipBit = (bytes: Uint8Array, at: number): Uint8Array => {
  const changed = Uint8Array.from(bytes)
  changed[at]! ^= 1
  return changed
}

describe('registerKey', () => {
  test('keeps a key with a good proof of possession, and the payee', async () => {
    const outcome = await register(key.publicKey, await key.proveFor(bench, ALICE))
    assert.deepEqual(eventNames(outcome), ['KeyRegistered', 'PayeeChanged'])
    assert.equal(await bench.view('Staking', 'keyOf', ALICE), bytesToHex(key.publicKey))
    assert.equal(await bench.view('Staking', 'payeeOf', ALICE), checksum(BOB))
    assert.equal(await bench.view('Staking', 'keyOf', BOB), '0x')
  })

  test('takes the same key of the same account again, and a new key in its place', async () => {
    const proof = await key.proveFor(bench, ALICE)
    assert.equal((await register(key.publicKey, proof)).failure, undefined)
    assert.equal((await register(key.publicKey, proof)).failure, undefined)
    const next = await register(other.publicKey, await other.proveFor(bench, ALICE))
    assert.equal(next.failure, undefined)
    assert.equal(await bench.view('Staking', 'keyOf', ALICE), bytesToHex(other.publicKey))
  })

  test('keeps a key that was replaced its first account’s', async () => {
    await register(key.publicKey, await key.proveFor(bench, ALICE))
    await register(other.publicKey, await other.proveFor(bench, ALICE))
    const outcome = await register(key.publicKey, await key.proveFor(bench, BOB), BOB)
    assertReverted(outcome, 'KeyTaken', checksum(ALICE))
  })

  test('refuses a key that another account registered', async () => {
    await register(key.publicKey, await key.proveFor(bench, ALICE))
    const outcome = await register(key.publicKey, await key.proveFor(bench, BOB), BOB)
    assertReverted(outcome, 'KeyTaken', checksum(ALICE))
    assert.equal(await bench.view('Staking', 'keyOf', BOB), '0x')
  })

  test('refuses a proof replayed by another account', async () => {
    const outcome = await register(key.publicKey, await key.proveFor(bench, ALICE), BOB)
    assertReverted(outcome, 'InvalidProofOfPossession')
  })

  test('refuses a proof made for another key, chain or contract, or under another tag', async () => {
    const proof = await key.proveFor(bench, ALICE)
    assertReverted(await register(other.publicKey, proof), 'InvalidProofOfPossession')
    const message = hexToBytes(
      (await bench.view('Staking', 'proofMessage', ALICE, key.publicKey)) as `0x${string}`,
    )
    // The message begins with the chain id and the contract's address, one word each.
    for (const at of [31, 63, 95]) {
      const foreign = key.prove(flipBit(message, at))
      assertReverted(await register(key.publicKey, foreign), 'InvalidProofOfPossession')
    }
    const asSignature = key.proveUnder(message, POSSESSION_TAG.replace('POP', 'SIG'))
    assertReverted(await register(key.publicKey, asSignature), 'InvalidProofOfPossession')
    assert.equal(
      (await register(key.publicKey, key.proveUnder(message, POSSESSION_TAG))).failure,
      undefined,
    )
  })

  test('refuses the point at infinity as key and as proof', async () => {
    const proof = await key.proveFor(bench, ALICE)
    // e(infinity, x) = e(y, infinity) = 1 would hold for every message.
    assertReverted(await register(G1_INFINITY, G2_INFINITY), 'InvalidProofOfPossession')
    assertReverted(await register(G1_INFINITY, proof), 'InvalidProofOfPossession')
    assertReverted(await register(key.publicKey, G2_INFINITY), 'InvalidProofOfPossession')
  })

  test('refuses points off the curve, outside the subgroup and with large coordinates', async () => {
    const proof = await key.proveFor(bench, ALICE)
    assertReverted(await register(flipBit(key.publicKey, 127), proof), 'InvalidProofOfPossession')
    assertReverted(await register(key.publicKey, flipBit(proof, 255)), 'InvalidProofOfPossession')
    assertReverted(await register(flipBit(key.publicKey, 0), proof), 'InvalidProofOfPossession')
    assertReverted(await register(pointOutsideSubgroup(), proof), 'InvalidProofOfPossession')
  })

  test('refuses garbage of any length without touching the state', async () => {
    const proof = await key.proveFor(bench, ALICE)
    const garbage = new Uint8Array(128).fill(0xa5)
    for (const [publicKey, signature] of [
      [new Uint8Array(0), new Uint8Array(0)],
      [key.publicKey.subarray(1), proof],
      [concatBytes(key.publicKey, Uint8Array.of(0)), proof],
      [key.publicKey, proof.subarray(0, 255)],
      [garbage, proof],
      [key.publicKey, concatBytes(garbage, garbage)],
    ] as const) {
      assertReverted(await register(publicKey, signature), 'InvalidProofOfPossession')
    }
    assert.equal(await bench.view('Staking', 'keyOf', ALICE), '0x')
    assert.equal(await bench.view('Staking', 'payeeOf', ALICE), checksum(ALICE))
  })

  test('costs less than half a million gas', async () => {
    const outcome = await register(key.publicKey, await key.proveFor(bench, ALICE))
    assert.ok(outcome.gasUsed < 500_000n, `${outcome.gasUsed} gas`)
  })
})

describe('hashing to G2', () => {
  /** Vectors of RFC 9380, J.10.1: message, and the real part of the point's x. */
  const SUITE = 'QUUX-V01-CS02-with-BLS12381G2_XMD:SHA-256_SSWU_RO_'
  const RFC_VECTORS = [
    {
      message: '',
      x: '0141ebfbdca40eb85b87142e130ab689c673cf60f1a3e98d69335266f30d9b8d4ac44c1038e9dcdd5393faf5c41fb78a',
    },
    {
      message: 'abc',
      x: '02c2d18e033b960562aae3cab37a27ce00d80ccd5ba4b7fe0e7a210245129dbec7780ccc7954725f4168aff2787776e6',
    },
  ]

  test('gives the points of RFC 9380', async () => {
    const probe = await deployProbe()
    for (const { message, x } of RFC_VECTORS) {
      const point = await hashByContract(probe, utf8ToBytes(message), SUITE)
      assert.equal(point.slice(2 + 32, 2 + 128), x)
    }
  })

  test('agrees with an independent implementation, also for long messages and tags', async () => {
    const probe = await deployProbe()
    for (const [length, tag] of [
      [0, POSSESSION_TAG],
      [31, 'T'],
      [64, POSSESSION_TAG],
      [256, 'x'.repeat(255)],
    ] as const) {
      const message = new Uint8Array(length).fill(length)
      const point = bls12_381.longSignatures.hash(message, tag).toAffine()
      const expected = [point.x.c0, point.x.c1, point.y.c0, point.y.c1]
      const words = expected.map((element) => element.toString(16).padStart(128, '0'))
      assert.equal(await hashByContract(probe, message, tag), `0x${words.join('')}`)
    }
  })

  async function deployProbe() {
    const { abi, creationBytecode } = compileFixture('BLSProbe')
    return bench.deploy(abi, creationBytecode)
  }

  const hashByContract = async (
    probe: Awaited<ReturnType<typeof deployProbe>>,
    message: Uint8Array,
    tag: string,
  ) => (await bench.view(probe, 'hashToG2', message, utf8ToBytes(tag))) as string
})

/** A point of the curve whose order is not the subgroup's, in EIP-2537's form. */
function pointOutsideSubgroup(): Uint8Array {
  const { Point } = bls12_381.G1
  for (let x = 1n; ; x++) {
    const { Fp } = bls12_381.fields
    const ySquared = Fp.add(Fp.mul(Fp.mul(x, x), x), 4n)
    try {
      const point = Point.fromAffine({ x, y: Fp.sqrt(ySquared) })
      if (point.isTorsionFree()) continue
      return hexToBytes(
        `0x${[point.x, point.y].map((c) => c.toString(16).padStart(128, '0')).join('')}`,
      )
    } catch {
      // No point has this x.
    }
  }
}
