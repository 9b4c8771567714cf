import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { TAG_BYTES } from './cipher.ts'
import { platformEngine } from './cipherEngine.ts'
import { FileCipherError } from './fileCipherErrors.ts'
import { deriveKey, randomBytes } from './keys.ts'

/**
 * A manifest as it is stored: "GENM" ‖ version 1 ‖ salt (32) ‖ AES-256-GCM of the manifest. The salt makes a
 * key for this one message, so its nonce is zero; what stands before the ciphertext is covered by the tag.
 */
export async function sealManifest(
  bucketKey: Uint8Array,
  manifest: Uint8Array,
): Promise<Uint8Array> {
  const head = concatBytes(PREFIX, randomBytes(SALT_BYTES))
  const cipher = await manifestCipher(bucketKey, head)
  return concatBytes(head, await cipher.seal({ nonce: NONCE, bytes: manifest, associated: head }))
}

/**
 * The manifest again. Throws FileCipherError BAD_MANIFEST when the bytes are no sealed manifest, were changed, or
 * belong to another bucket.
 */
export async function openManifest(bucketKey: Uint8Array, sealed: Uint8Array): Promise<Uint8Array> {
  const head = sealed.subarray(0, HEAD_BYTES)
  if (sealed.length < HEAD_BYTES + TAG_BYTES || !PREFIX.every((byte, at) => head[at] === byte)) {
    throw new FileCipherError('BAD_MANIFEST', {
      message: `These ${sealed.length} bytes are not a sealed manifest`,
      hint: 'Check the id, or fetch the manifest from another farmer.',
    })
  }
  const cipher = await manifestCipher(bucketKey, head)
  const bytes = sealed.subarray(HEAD_BYTES)
  const manifest = await cipher.open({ nonce: NONCE, bytes, associated: head })
  if (manifest !== undefined) return manifest
  throw new FileCipherError('BAD_MANIFEST', {
    message: 'The manifest does not open with this bucket key',
    hint: 'Use the master seed and bucket of its owner, or fetch it from another farmer.',
  })
}

const PREFIX = concatBytes(utf8ToBytes('GENM'), Uint8Array.of(1))
const SALT_BYTES = 32
const HEAD_BYTES = PREFIX.length + SALT_BYTES
const NONCE = new Uint8Array(12)

/** Bytes that sealing adds to a manifest. */
export const SEALED_MANIFEST_OVERHEAD_BYTES = HEAD_BYTES + TAG_BYTES

const manifestCipher = (bucketKey: Uint8Array, head: Uint8Array) =>
  platformEngine().gcm(deriveKey(bucketKey, 'manifest', head.subarray(PREFIX.length)))
