import blst from '@chainsafe/blst'
import { bls12_381 } from '@noble/curves/bls12-381.js'
import { CryptoError, expectLength } from './errors.ts'

/**
 * BLS signatures over BLS12-381 with public keys in G1 and signatures in G2, proof-of-possession scheme
 * (draft-irtf-cfrg-bls-signature, 3.3; the scheme of Ethereum's beacon chain). The domain separation tag
 * of signatures is BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_, and of proofs of possession `POSSESSION_TAG`.
 */
export const SECRET_KEY_BYTES = 32
export const PUBLIC_KEY_BYTES = 48
export const SIGNATURE_BYTES = 96
const SEED_BYTES = 32
const MESSAGE_BYTES = 32

/** The domain separation tag of proofs of possession; the other tag can never give one. */
export const POSSESSION_TAG = 'BLS_POP_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_'

// blst's binding fixes the signature tag, so proofs, made once per validator, go through noble.
const { longSignatures } = bls12_381

/** The secret key of a 32-byte seed (draft 2.3 KeyGen; the master key of EIP-2333): 32 bytes. */
export function secretKeyFromSeed(seed: Uint8Array): Uint8Array {
  expectLength('BAD_SEED', 'A BLS seed', seed, SEED_BYTES)
  return Uint8Array.from(blst.SecretKey.fromKeygen(seed).toBytes())
}

/** The public key of a secret key: 48 bytes, compressed. */
export const publicKey = (secretKey: Uint8Array): Uint8Array =>
  Uint8Array.from(parseSecretKey(secretKey).toPublicKey().toBytes())

/** The public key of a secret key: 96 bytes, x ‖ y. */
export const publicKeyUncompressed = (secretKey: Uint8Array): Uint8Array =>
  Uint8Array.from(parseSecretKey(secretKey).toPublicKey().toBytes(false))

/** Signs 32 bytes: 96 bytes, compressed. The one signature a key can make of them. */
export function sign(message: Uint8Array, secretKey: Uint8Array): Uint8Array {
  expectLength('BAD_HASH', 'A BLS message', message, MESSAGE_BYTES)
  return Uint8Array.from(parseSecretKey(secretKey).sign(message).toBytes())
}

/**
 * Whether a signature over 32 bytes is a key's. False, never an error, for anything malformed: wrong
 * lengths, points off the curve or outside the subgroup, and the points at infinity.
 */
export function verify(message: Uint8Array, signature: Uint8Array, key: Uint8Array): boolean {
  if (message.length !== MESSAGE_BYTES) return false
  try {
    return blst.verify(message, parsePublicKey(key), parseSignature(signature))
  } catch {
    return false
  }
}

/** Signs any bytes under the tag of proofs of possession (draft 3.3.2): 96 bytes, compressed. */
export function provePossession(message: Uint8Array, secretKey: Uint8Array): Uint8Array {
  parseSecretKey(secretKey)
  const point = longSignatures.hash(message, POSSESSION_TAG)
  return longSignatures.Signature.toBytes(longSignatures.sign(point, secretKey))
}

/** Whether a proof of possession over these bytes is a key's; false for anything malformed. */
export function verifyPossession(message: Uint8Array, proof: Uint8Array, key: Uint8Array): boolean {
  try {
    parsePublicKey(key)
    parseSignature(proof)
    const point = longSignatures.hash(message, POSSESSION_TAG)
    return longSignatures.verify(proof, point, key)
  } catch {
    return false
  }
}

/** The EIP-2537 form of a compressed public key: 128 bytes. Throws `CryptoError` `BAD_KEY`. */
export const publicKeyToEIP2537 = (key: Uint8Array): Uint8Array =>
  padFieldElements(parsePublicKey(key).toBytes(false), [0, 1])

/**
 * The EIP-2537 form of a compressed signature: 256 bytes, each coordinate's real part first (the
 * serialised form has it last). Throws `CryptoError` `BAD_SIGNATURE`.
 */
export const signatureToEIP2537 = (signature: Uint8Array): Uint8Array =>
  padFieldElements(parseSignature(signature).toBytes(false), [1, 0, 3, 2])

const FIELD_BYTES = 48
const PADDED_FIELD_BYTES = 64

function padFieldElements(point: Uint8Array, order: readonly number[]): Uint8Array {
  const padded = new Uint8Array(order.length * PADDED_FIELD_BYTES)
  order.forEach((from, to) => {
    const element = point.subarray(from * FIELD_BYTES, (from + 1) * FIELD_BYTES)
    padded.set(element, (to + 1) * PADDED_FIELD_BYTES - FIELD_BYTES)
  })
  return padded
}

function parseSecretKey(bytes: Uint8Array): blst.SecretKey {
  expectLength('BAD_KEY', 'A BLS secret key', bytes, SECRET_KEY_BYTES)
  return parse('BAD_KEY', 'A BLS secret key must be above zero and below the group order', () =>
    blst.SecretKey.fromBytes(bytes),
  )
}

const NOT_A_POINT = 'must be a compressed point of the right subgroup other than infinity'

function parsePublicKey(bytes: Uint8Array): blst.PublicKey {
  expectLength('BAD_KEY', 'A BLS public key', bytes, PUBLIC_KEY_BYTES)
  return parse('BAD_KEY', `A BLS public key ${NOT_A_POINT}`, () =>
    blst.PublicKey.fromBytes(bytes, true),
  )
}

function parseSignature(bytes: Uint8Array): blst.Signature {
  expectLength('BAD_SIGNATURE', 'A BLS signature', bytes, SIGNATURE_BYTES)
  return parse('BAD_SIGNATURE', `A BLS signature ${NOT_A_POINT}`, () =>
    blst.Signature.fromBytes(bytes, true, true),
  )
}

function parse<Parsed>(
  code: 'BAD_KEY' | 'BAD_SIGNATURE',
  message: string,
  read: () => Parsed,
): Parsed {
  try {
    return read()
  } catch (cause) {
    throw new CryptoError(code, { message, cause })
  }
}
