import { secp256k1 } from '@noble/curves/secp256k1.js'
import { CryptoError, expectLength } from './errors.ts'
import { keccak256 } from './keccak.ts'
import { backend } from './secp256k1Backend.ts'

const HASH_BYTES = 32
const SCALAR_BYTES = 32
const SIGNATURE_BYTES = 2 * SCALAR_BYTES
const PUBLIC_KEY_BYTES = 64
const ADDRESS_BYTES = 20

/**
 * The public key that made a signature (SEC 1, 4.1.6): 64 bytes, x ‖ y. `signature` is r ‖ s and
 * `recovery` the parity of R's y. Throws `CryptoError` `BAD_SIGNATURE` for r or s of zero or not below
 * the group order, an r that is no point's x, a recovery other than 0 or 1, and a key at infinity; the
 * ECRECOVER precompile rests on exactly this.
 */
export function recoverPublicKey(
  hash: Uint8Array,
  signature: Uint8Array,
  recovery: number,
): Uint8Array {
  expectLength('BAD_HASH', 'A message hash', hash, HASH_BYTES)
  expectLength('BAD_SIGNATURE', 'A signature', signature, SIGNATURE_BYTES)
  if (recovery !== 0 && recovery !== 1) {
    throw new CryptoError('BAD_SIGNATURE', {
      message: `A signature's recovery must be 0 or 1, got ${recovery}`,
      facts: { recovery },
    })
  }
  return backend.recover(hash, signature, recovery)
}

/**
 * Signs 32 bytes deterministically (RFC 6979): r ‖ s ‖ yParity, 65 bytes, s in the lower half (EIP-2).
 * Throws `CryptoError` `BAD_KEY` for a private key of zero or not below the group order.
 */
export function sign(hash: Uint8Array, privateKey: Uint8Array): Uint8Array {
  expectLength('BAD_HASH', 'A message hash', hash, HASH_BYTES)
  expectLength('BAD_KEY', 'A private key', privateKey, SCALAR_BYTES)
  return backend.sign(hash, privateKey)
}

/** The public key of a private key: 64 bytes, x ‖ y. Throws `CryptoError` `BAD_KEY`. */
export function publicKeyOf(privateKey: Uint8Array): Uint8Array {
  expectLength('BAD_KEY', 'A private key', privateKey, SCALAR_BYTES)
  return backend.publicKey(privateKey)
}

/** The account of a 64-byte public key: the last 20 bytes of its Keccak-256. */
export function publicKeyToAddress(publicKey: Uint8Array): Uint8Array {
  expectLength('BAD_KEY', 'A public key', publicKey, PUBLIC_KEY_BYTES)
  return keccak256(publicKey).slice(-ADDRESS_BYTES)
}

/**
 * Public key recovery in the shape EthereumJS asks for: `v` is 0 or 1, else 27 or 28 without a chain id
 * and 35 or 36 + 2 × chain id with one (EIP-155). `r` and `s` may be shorter than 32 bytes.
 */
export function ecrecover(
  hash: Uint8Array,
  v: bigint,
  r: Uint8Array,
  s: Uint8Array,
  chainId?: bigint,
): Uint8Array {
  return recoverPublicKey(hash, joinScalars(r, s), recoveryOf(v, chainId))
}

function recoveryOf(v: bigint, chainId: bigint | undefined): number {
  if (v === 0n || v === 1n) return Number(v)
  return Number(chainId === undefined ? v - 27n : v - (chainId * 2n + 35n))
}

function joinScalars(r: Uint8Array, s: Uint8Array): Uint8Array {
  if (r.length > SCALAR_BYTES || s.length > SCALAR_BYTES) {
    throw new CryptoError('BAD_SIGNATURE', {
      message: `r and s must be at most ${SCALAR_BYTES} bytes, got ${r.length} and ${s.length}`,
    })
  }
  const signature = new Uint8Array(SIGNATURE_BYTES)
  signature.set(r, SCALAR_BYTES - r.length)
  signature.set(s, SIGNATURE_BYTES - s.length)
  return signature
}

/**
 * Stands in for noble's `sign`, which EthereumJS calls for one form only: yParity ‖ r ‖ s over a hash.
 * Extra entropy is left out, as it only varies the nonce; every other form goes to noble itself.
 */
export function signAsNoble(
  ...args: Parameters<typeof secp256k1.sign>
): ReturnType<typeof secp256k1.sign> {
  const [hash, privateKey, options] = args
  if (options?.format !== 'recovered' || options.prehash !== false || options.lowS === false) {
    return secp256k1.sign(...args)
  }
  const signature = sign(hash, privateKey)
  const recovered = new Uint8Array(signature.length)
  recovered[0] = signature[SIGNATURE_BYTES]!
  recovered.set(signature.subarray(0, SIGNATURE_BYTES), 1)
  return recovered
}
