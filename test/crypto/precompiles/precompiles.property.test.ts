import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { NobleBLS, NobleBN254 } from '@ethereumjs/evm'
import { bls12_381 } from '@noble/curves/bls12-381.js'
import { bn254 } from '@noble/curves/bn254.js'
import { bytesToHex, concatBytes, hexToBytes } from '@noble/curves/utils.js'
import fc from 'fast-check'
import { bls12381Precompiles } from '../../../src/crypto/precompiles/bls12381.ts'
import { bn254Precompiles } from '../../../src/crypto/precompiles/bn254.ts'

const RUNS = { numRuns: 40 }
const BLS_P = bls12_381.fields.Fp.ORDER
const BN_P = bn254.fields.Fp.ORDER
const MAX_WORD = 2n ** 256n - 1n

const word = (value: bigint, length: number): Uint8Array =>
  hexToBytes(value.toString(16).padStart(2 * length, '0'))
const field = (value: bigint) => word(value, 64)

const blsG1 = ({ x, y }: { x: bigint; y: bigint }) => concatBytes(field(x), field(y))
type Fp2 = { c0: bigint; c1: bigint }
const blsG2 = ({ x, y }: { x: Fp2; y: Fp2 }) =>
  concatBytes(field(x.c0), field(x.c1), field(y.c0), field(y.c1))

/** A point of the curve that is almost surely outside the subgroup. */
function strangerG1(seed: bigint): Uint8Array {
  const { Fp } = bls12_381.fields
  for (let x = seed; ; x++) {
    try {
      return blsG1({ x: Fp.create(x), y: Fp.sqrt(Fp.create(x ** 3n + 4n)) })
    } catch {
      // x³ + 4 is no square: the next x may be.
    }
  }
}

function strangerG2(seed: bigint): Uint8Array {
  const { Fp2 } = bls12_381.fields
  for (let c0 = seed; ; c0++) {
    try {
      const x = Fp2.fromBigTuple([c0, 1n])
      const cube = Fp2.mul(Fp2.sqr(x), x)
      return blsG2({ x, y: Fp2.sqrt(Fp2.add(cube, Fp2.fromBigTuple([4n, 4n]))) })
    } catch {
      // No square: the next may be.
    }
  }
}

const scalars = fc.oneof(
  fc.constantFrom(0n, 1n, 2n, bls12_381.fields.Fr.ORDER, bn254.fields.Fr.ORDER, MAX_WORD),
  fc.bigInt(0n, MAX_WORD),
)
const seeds = fc.bigInt(1n, 2n ** 64n)
const blsFields = fc
  .oneof(fc.constantFrom(0n, 1n, BLS_P - 1n, BLS_P, BLS_P + 1n), fc.bigInt(0n, 2n ** 384n - 1n))
  .map(field)
const g1Valid = seeds.map((k) => blsG1(bls12_381.G1.Point.BASE.multiply(k).toAffine()))
const g2Valid = seeds.map((k) => blsG2(bls12_381.G2.Point.BASE.multiply(k).toAffine()))
const g1Any = fc.oneof(
  { weight: 4, arbitrary: g1Valid },
  fc.constant(new Uint8Array(128)),
  seeds.map(strangerG1),
  fc.tuple(blsFields, blsFields).map((parts) => concatBytes(...parts)),
)
const g2Any = fc.oneof(
  { weight: 4, arbitrary: g2Valid },
  fc.constant(new Uint8Array(256)),
  seeds.map(strangerG2),
  fc.tuple(blsFields, blsFields, blsFields, blsFields).map((parts) => concatBytes(...parts)),
)

const bnPoint = ({ x, y }: { x: bigint; y: bigint }) => concatBytes(word(x, 32), word(y, 32))
const bnFields = fc
  .oneof(fc.constantFrom(0n, 1n, 2n, BN_P - 1n, BN_P, BN_P + 1n, MAX_WORD), fc.bigInt(0n, MAX_WORD))
  .map((value) => word(value, 32))
const bnG1 = fc.oneof(
  { weight: 4, arbitrary: seeds.map((k) => bnPoint(bn254.G1.Point.BASE.multiply(k).toAffine())) },
  fc.constant(new Uint8Array(64)),
  fc.tuple(bnFields, bnFields).map((parts) => concatBytes(...parts)),
)
const bnPointG2 = ({ x, y }: { x: Fp2; y: Fp2 }) =>
  concatBytes(word(x.c1, 32), word(x.c0, 32), word(y.c1, 32), word(y.c0, 32))

/** A point on the twist; its order is hardly ever the group's, as the twist has a large cofactor. */
function bnStrangerG2(seed: bigint): Uint8Array {
  const { Fp2 } = bn254.fields
  const b = Fp2.div(Fp2.fromBigTuple([3n, 0n]), Fp2.fromBigTuple([9n, 1n]))
  for (let c0 = seed; ; c0++) {
    try {
      const x = Fp2.fromBigTuple([c0, 1n])
      return bnPointG2({ x, y: Fp2.sqrt(Fp2.add(Fp2.mul(Fp2.sqr(x), x), b)) })
    } catch {
      // No square: the next may be.
    }
  }
}
const bnG2 = fc.oneof(
  {
    weight: 4,
    arbitrary: seeds.map((k) => bnPointG2(bn254.G2.Point.BASE.multiply(k).toAffine())),
  },
  fc.constant(new Uint8Array(128)),
  seeds.map(bnStrangerG2),
  fc.tuple(bnFields, bnFields, bnFields, bnFields).map((parts) => concatBytes(...parts)),
)

/** A result as text, or that there is none. */
function outcome(run: (input: Uint8Array) => Uint8Array, input: Uint8Array): string {
  try {
    return bytesToHex(run(input))
  } catch {
    return 'refused'
  }
}

const same = (
  inputs: fc.Arbitrary<Uint8Array>,
  ours: (input: Uint8Array) => Uint8Array,
  theirs: (input: Uint8Array) => Uint8Array,
  runs = RUNS,
) =>
  fc.assert(
    fc.property(inputs, (input) => assert.equal(outcome(ours, input), outcome(theirs, input))),
    runs,
  )

const join = (...parts: fc.Arbitrary<Uint8Array>[]) =>
  fc.tuple(...parts).map((bytes) => concatBytes(...bytes))
const joinMany = (part: fc.Arbitrary<Uint8Array>, maxLength: number, minLength = 1) =>
  fc.array(part, { minLength, maxLength }).map((bytes) => concatBytes(...bytes))
const scalarBytes = scalars.map((value) => word(value, 32))

describe('the BLS12-381 precompiles answer as noble does for', () => {
  const noble = new NobleBLS()
  const { addG1, addG2, msmG1, msmG2, mapFPtoG1, mapFP2toG2, pairingCheck } = bls12381Precompiles

  test('G1ADD', () => same(join(g1Any, g1Any), addG1, (input) => noble.addG1(input)))
  test('G2ADD', () => same(join(g2Any, g2Any), addG2, (input) => noble.addG2(input)))
  test('G1MSM', () =>
    same(joinMany(join(g1Any, scalarBytes), 3), msmG1, (input) => noble.msmG1(input)))
  test('G2MSM', () =>
    same(joinMany(join(g2Any, scalarBytes), 2), msmG2, (input) => noble.msmG2(input)))
  test('MAP_FP_TO_G1', () => same(blsFields, mapFPtoG1, (input) => noble.mapFPtoG1(input)))
  test('MAP_FP2_TO_G2', () =>
    same(join(blsFields, blsFields), mapFP2toG2, (input) => noble.mapFP2toG2(input)))
  test('PAIRING_CHECK', () =>
    same(joinMany(join(g1Any, g2Any), 2), pairingCheck, (input) => noble.pairingCheck(input), {
      numRuns: 15,
    }))

  test('opposite points, equal points and infinity', () => {
    const point = bls12_381.G1.Point.BASE.multiply(77n)
    const other = bls12_381.G2.Point.BASE.multiply(77n)
    const [a, minusA] = [blsG1(point.toAffine()), blsG1(point.negate().toAffine())]
    const [b, minusB] = [blsG2(other.toAffine()), blsG2(other.negate().toAffine())]
    const none = new Uint8Array(128)
    for (const input of [concatBytes(a, minusA), concatBytes(a, a), concatBytes(none, a)]) {
      assert.equal(
        outcome(addG1, input),
        outcome((bytes) => noble.addG1(bytes), input),
      )
    }
    for (const input of [concatBytes(b, minusB), concatBytes(b, b)]) {
      assert.equal(
        outcome(addG2, input),
        outcome((bytes) => noble.addG2(bytes), input),
      )
    }
    assert.equal(pairingCheck(concatBytes(a, b, minusA, b)).at(-1), 1)
    assert.equal(pairingCheck(concatBytes(a, b, a, b)).at(-1), 0)
    assert.equal(pairingCheck(concatBytes(none, b, a, new Uint8Array(256))).at(-1), 1)
  })

  test('a point outside the subgroup, which only additions take', () => {
    const stranger = strangerG1(5n)
    assert.notEqual(outcome(addG1, concatBytes(stranger, stranger)), 'refused')
    assert.equal(outcome(msmG1, concatBytes(stranger, word(1n, 32))), 'refused')
    assert.equal(outcome(pairingCheck, concatBytes(stranger, new Uint8Array(256))), 'refused')
    assert.equal(outcome(msmG2, concatBytes(strangerG2(5n), word(1n, 32))), 'refused')
    assert.equal(outcome(pairingCheck, concatBytes(new Uint8Array(128), strangerG2(5n))), 'refused')
  })

  test('more pairs than are multiplied at once', () => {
    const point = blsG1(bls12_381.G1.Point.BASE.multiply(3n).toAffine())
    const input = concatBytes(
      ...Array.from({ length: 300 }, (_, i) => concatBytes(point, word(BigInt(i + 1), 32))),
    )
    const sum = bls12_381.G1.Point.BASE.multiply((3n * 300n * 301n) / 2n).toAffine()
    assert.deepEqual(msmG1(input), blsG1(sum))
  })
})

describe('the BN254 precompiles answer as noble does for', () => {
  const noble = new NobleBN254()
  const { add, mul, pairing } = bn254Precompiles

  test('ECADD', () => same(join(bnG1, bnG1), add, (input) => noble.add(input)))
  test('ECMUL', () =>
    same(join(bnG1, scalarBytes, fc.constant(new Uint8Array(32))), mul, (input) =>
      noble.mul(input),
    ))
  test('ECPAIRING', () =>
    same(joinMany(join(bnG1, bnG2), 2, 0), pairing, (input) => noble.pairing(input), {
      numRuns: 15,
    }))

  test('opposite points, and pairings that are one', () => {
    const point = bn254.G1.Point.BASE.multiply(77n)
    const other = bnPointG2(bn254.G2.Point.BASE.multiply(5n).toAffine())
    const [a, minusA] = [bnPoint(point.toAffine()), bnPoint(point.negate().toAffine())]
    assert.deepEqual(add(concatBytes(a, minusA)), new Uint8Array(64))
    assert.equal(pairing(concatBytes(a, other, minusA, other)).at(-1), 1)
    assert.equal(pairing(concatBytes(a, other, a, other)).at(-1), 0)
    assert.equal(outcome(pairing, concatBytes(new Uint8Array(64), bnStrangerG2(3n))), 'refused')
  })
})
