import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createEVM } from '@ethereumjs/evm'
import {
  bigIntToBytes,
  bytesToBigInt,
  bytesToHex,
  concatBytes,
  createAddressFromString,
  hexToBytes,
  setLengthLeft,
} from '@ethereumjs/util'
import { bls12_381 } from '@noble/curves/bls12-381.js'
import * as bls from '../../src/crypto/bls.ts'
import { CryptoError } from '../../src/crypto/errors.ts'

const SIGNATURE_TAG = 'BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_'
const { longSignatures } = bls12_381
const secretKey = bls.secretKeyFromSeed(new Uint8Array(32).fill(1))
const otherKey = bls.secretKeyFromSeed(new Uint8Array(32).fill(2))
const key = bls.publicKey(secretKey)
const message = new Uint8Array(32).fill(0x5a)
const infinityG1 = concatBytes(Uint8Array.of(0xc0), new Uint8Array(47))
const infinityG2 = concatBytes(Uint8Array.of(0xc0), new Uint8Array(95))

const isCryptoError = (code: string) => (error: unknown) =>
  error instanceof CryptoError && error.code === code

/** The compressed form of a point by its x; noble itself refuses to write points like these. */
function compressed(x: bigint, length: number): Uint8Array {
  const bytes = setLengthLeft(bigIntToBytes(x), length)
  bytes[0] = 0x80
  return bytes
}

/** A point on the curve y² = x³ + 4 but not in the subgroup of prime order, compressed. */
function pointOutsideG1(): Uint8Array {
  const { Fp } = bls12_381.fields
  for (let x = 1n; ; x++) {
    const square = Fp.add(Fp.pow(x, 3n), 4n)
    if (Fp.pow(square, (Fp.ORDER - 1n) / 2n) !== 1n) continue
    const point = bls12_381.G1.Point.fromAffine({ x, y: Fp.sqrt(square) })
    if (!point.isTorsionFree()) return compressed(x, 48)
  }
}

/** The same on the twist y² = x³ + 4(1 + i). */
function pointOutsideG2(): Uint8Array {
  const { Fp2 } = bls12_381.fields
  for (let real = 1n; ; real++) {
    const x = Fp2.fromBigTuple([real, 0n])
    const square = Fp2.add(Fp2.mul(Fp2.sqr(x), x), Fp2.fromBigTuple([4n, 4n]))
    if (!isSquare(square)) continue
    const point = bls12_381.G2.Point.fromAffine({ x, y: Fp2.sqrt(square) })
    if (!point.isTorsionFree()) return compressed(real, 96)
  }
}

function isSquare(value: Parameters<typeof bls12_381.fields.Fp2.sqrt>[0]): boolean {
  try {
    bls12_381.fields.Fp2.sqrt(value)
    return true
  } catch {
    return false
  }
}

describe('BLS keys', () => {
  test('a seed gives the master secret key of EIP-2333 (its third test case)', () => {
    const seed = hexToBytes('0x0099ff991111002299dd7744ee3355bbdd8844115566cc55663355668888cc00')
    assert.equal(
      bytesToBigInt(bls.secretKeyFromSeed(seed)),
      27580842291869792442942448775674722299803720648445448686099262467207037398656n,
    )
  })

  test('both forms of a public key are those of a second implementation', () => {
    const point = longSignatures.getPublicKey(secretKey)
    assert.deepEqual(key, point.toBytes(true))
    assert.deepEqual(bls.publicKeyUncompressed(secretKey), point.toBytes(false))
  })

  test('seeds and secret keys of other lengths or values are refused', () => {
    assert.throws(() => bls.secretKeyFromSeed(new Uint8Array(31)), isCryptoError('BAD_SEED'))
    const order = bls12_381.fields.Fr.ORDER
    for (const bad of [0n, order, 2n ** 256n - 1n]) {
      const bytes = setLengthLeft(bigIntToBytes(bad), 32)
      assert.throws(() => bls.publicKey(bytes), isCryptoError('BAD_KEY'))
      assert.throws(() => bls.sign(message, bytes), isCryptoError('BAD_KEY'))
      assert.throws(() => bls.provePossession(message, bytes), isCryptoError('BAD_KEY'))
    }
    assert.throws(() => bls.publicKey(new Uint8Array(33)), isCryptoError('BAD_KEY'))
  })
})

describe('BLS signatures', () => {
  const signature = bls.sign(message, secretKey)

  test('signs the published vector of the beacon chain', () => {
    const vectorKey = hexToBytes(
      '0x263dbd792f5b1be47ed85f8938c0f29586af0d3ac7b977f21c278fe1462040e3',
    )
    assert.equal(
      bytesToHex(bls.sign(new Uint8Array(32), vectorKey)),
      '0xb6ed936746e01f8ecf281f020953fbf1f01debd5657c4a383940b020b26507f6076334f91e2366c96e9ab279fb5158090352ea1c5b0c9274504f4f0e7053af24802e51e4568d164fe986834f41e55c8e850ce1f98458c0cfc9ab380b55285a55',
    )
  })

  test('is the signature a second implementation makes', () => {
    const expected = longSignatures.sign(longSignatures.hash(message, SIGNATURE_TAG), secretKey)
    assert.deepEqual(signature, longSignatures.Signature.toBytes(expected))
  })

  test('verifies for its message and key, and for no other', () => {
    assert.ok(bls.verify(message, signature, key))
    assert.ok(!bls.verify(new Uint8Array(32), signature, key))
    assert.ok(!bls.verify(message, signature, bls.publicKey(otherKey)))
    assert.ok(!bls.verify(message, bls.sign(message, otherKey), key))
  })

  test('signs 32 bytes and nothing else', () => {
    assert.throws(() => bls.sign(new Uint8Array(31), secretKey), isCryptoError('BAD_HASH'))
    assert.ok(!bls.verify(new Uint8Array(33), signature, key))
  })

  test('the points at infinity verify nothing', () => {
    assert.ok(!bls.verify(message, infinityG2, infinityG1))
    assert.ok(!bls.verify(message, infinityG2, key))
    assert.ok(!bls.verify(message, signature, infinityG1))
  })

  test('points outside the subgroups are refused', () => {
    assert.ok(!bls.verify(message, pointOutsideG2(), key))
    assert.ok(!bls.verify(message, signature, pointOutsideG1()))
    assert.throws(() => bls.publicKeyToEIP2537(pointOutsideG1()), isCryptoError('BAD_KEY'))
    assert.throws(() => bls.signatureToEIP2537(pointOutsideG2()), isCryptoError('BAD_SIGNATURE'))
  })

  test('only the compressed forms are taken, so a signature has one spelling', () => {
    assert.ok(!bls.verify(message, signature, bls.publicKeyUncompressed(secretKey)))
    const uncompressed = bls12_381.G2.Point.fromBytes(signature).toBytes(false)
    assert.ok(!bls.verify(message, uncompressed, key))
  })

  test('changed bits are false, not errors', () => {
    for (const at of [0, 1, 47, 48, 95]) {
      for (const bit of [1, 0x20, 0x40, 0x80]) {
        const bent = Uint8Array.from(signature)
        bent[at] = bent[at]! ^ bit
        assert.equal(bls.verify(message, bent, key), false)
      }
    }
    assert.equal(bls.verify(message, new Uint8Array(0), new Uint8Array(0)), false)
  })
})

describe('proofs of possession', () => {
  const proof = bls.provePossession(key, secretKey)

  test('verify for the bytes and the key they were made for, and for no other', () => {
    assert.ok(bls.verifyPossession(key, proof, key))
    assert.ok(!bls.verifyPossession(message, proof, key))
    assert.ok(!bls.verifyPossession(key, proof, bls.publicKey(otherKey)))
    assert.ok(!bls.verifyPossession(key, infinityG2, key))
    assert.ok(!bls.verifyPossession(key, proof, infinityG1))
  })

  test('a signature is no proof and a proof is no signature', () => {
    assert.ok(!bls.verifyPossession(message, bls.sign(message, secretKey), key))
    assert.ok(!bls.verify(message, bls.provePossession(message, secretKey), key))
  })
})

describe('the EIP-2537 forms', () => {
  const G1_ADD = createAddressFromString(`0x${'b'.padStart(40, '0')}`)
  const PAIRING = createAddressFromString(`0x${'f'.padStart(40, '0')}`)

  test('are 128 and 256 bytes of padded coordinates', () => {
    const point = bls12_381.G1.Point.fromBytes(key).toAffine()
    const encoded = bls.publicKeyToEIP2537(key)
    assert.equal(encoded.length, 128)
    assert.equal(bytesToBigInt(encoded.subarray(0, 64)), point.x)
    assert.equal(bytesToBigInt(encoded.subarray(64)), point.y)
    const signature = bls.sign(message, secretKey)
    const { x, y } = bls12_381.G2.Point.fromBytes(signature).toAffine()
    const fields = [x.c0, x.c1, y.c0, y.c1]
    const bytes = bls.signatureToEIP2537(signature)
    assert.equal(bytes.length, 256)
    for (const [index, field] of fields.entries()) {
      assert.equal(bytesToBigInt(bytes.subarray(index * 64, (index + 1) * 64)), field)
    }
  })

  test('satisfy the pairing precompile: e(key, H(m)) = e(G1, signature)', async () => {
    const evm = await createEVM()
    const hashed = longSignatures.hash(message, SIGNATURE_TAG)
    const hashedBytes = bls.signatureToEIP2537(longSignatures.Signature.toBytes(hashed))
    const minusBase = bls12_381.G1.Point.BASE.negate().toBytes(true)
    const signature = bls.signatureToEIP2537(bls.sign(message, secretKey))
    const input = (signed: Uint8Array): Uint8Array =>
      concatBytes(
        bls.publicKeyToEIP2537(key),
        hashedBytes,
        bls.publicKeyToEIP2537(minusBase),
        signed,
      )
    const pair = async (data: Uint8Array): Promise<bigint> => {
      const { execResult } = await evm.runCall({ to: PAIRING, data, gasLimit: 1_000_000n })
      assert.equal(execResult.exceptionError, undefined)
      return bytesToBigInt(execResult.returnValue)
    }
    assert.equal(await pair(input(signature)), 1n)
    assert.equal(await pair(input(bls.signatureToEIP2537(bls.sign(message, otherKey)))), 0n)
  })

  test('are what the precompiles themselves give back', async () => {
    const evm = await createEVM()
    const encoded = bls.publicKeyToEIP2537(key)
    const { execResult } = await evm.runCall({
      to: G1_ADD,
      data: concatBytes(encoded, new Uint8Array(128)),
      gasLimit: 1_000_000n,
    })
    assert.deepEqual(execResult.returnValue, encoded)
  })
})
