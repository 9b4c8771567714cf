import { x25519 } from '@noble/curves/ed25519.js'
import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { TAG_BYTES } from './cipher.ts'
import { platformEngine } from './cipherEngine.ts'
import { CryptoError, expectLength } from './errors.ts'

/** The X25519 public key of a secret of 32 bytes. */
export const boxPublicKey = (secret: Uint8Array): Uint8Array => x25519.getPublicKey(secret)

/**
 * Seals bytes so that only the holder of a public key opens them: X25519 with a key made for this message, HKDF-SHA-256
 * over the shared secret and both public keys, AES-256-GCM. That key is never used again, so the nonce is zero.
 * The result is the message's public key (32) and the ciphertext. `associated` must be the same to open it.
 * Throws CryptoError BAD_KEY.
 */
export async function sealBox(
  publicKey: Uint8Array,
  bytes: Uint8Array,
  associated: Uint8Array,
): Promise<Uint8Array> {
  expectLength('BAD_KEY', 'A public key to seal for', publicKey, KEY_BYTES)
  const { secretKey, publicKey: own } = x25519.keygen()
  const cipher = await boxCipher(sharedSecret(secretKey, publicKey), own, publicKey)
  return concatBytes(own, await cipher.seal({ nonce: NONCE, bytes, associated }))
}

/** What was sealed, or undefined when it was for another key or context, or was changed. */
export async function openBox(
  secret: Uint8Array,
  sealed: Uint8Array,
  associated: Uint8Array,
): Promise<Uint8Array | undefined> {
  if (sealed.length < KEY_BYTES + TAG_BYTES) return undefined
  const other = sealed.subarray(0, KEY_BYTES)
  try {
    const cipher = await boxCipher(sharedSecret(secret, other), other, boxPublicKey(secret))
    return await cipher.open({ nonce: NONCE, bytes: sealed.subarray(KEY_BYTES), associated })
  } catch (error) {
    if (error instanceof CryptoError) return undefined
    throw error
  }
}

const KEY_BYTES = 32
const NONCE = new Uint8Array(12)

/** Points of small order give a secret that everybody knows; the library refuses them. */
function sharedSecret(secret: Uint8Array, publicKey: Uint8Array): Uint8Array {
  try {
    return x25519.getSharedSecret(secret, publicKey)
  } catch {
    throw new CryptoError('BAD_KEY', { message: 'No secret can be shared with this public key' })
  }
}

const boxCipher = (shared: Uint8Array, own: Uint8Array, recipient: Uint8Array) => {
  const info = utf8ToBytes('genaro/sealed-box/v1')
  return platformEngine().gcm(hkdf(sha256, shared, concatBytes(own, recipient), info, KEY_BYTES))
}
