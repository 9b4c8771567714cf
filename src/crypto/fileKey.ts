import { TAG_BYTES } from './cipher.ts'
import { platformEngine } from './cipherEngine.ts'
import { CryptoError, expectLength } from './errors.ts'
import { deriveKey, KEY_BYTES, randomBytes } from './keys.ts'

/** The key that a file version's content is encrypted under: 32 random bytes, new for every version. */
export const createFileKey = (): Uint8Array => randomBytes(KEY_BYTES)

/**
 * A file key as it stands in a manifest: nonce (12) ‖ AES-256-GCM of the key (48), under a key of the bucket for
 * this file id, which the tag covers too.
 */
export async function wrapFileKey(
  { bucketKey, fileId }: FileKeyScope,
  fileKey: Uint8Array,
): Promise<Uint8Array> {
  expectLength('BAD_KEY', 'A file key', fileKey, KEY_BYTES)
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = await wrappingCipher({ bucketKey, fileId })
  const sealed = await cipher.seal({ nonce, bytes: fileKey, associated: fileId })
  const wrapped = new Uint8Array(WRAPPED_FILE_KEY_BYTES)
  wrapped.set(nonce)
  wrapped.set(sealed, NONCE_BYTES)
  return wrapped
}

/** The file key again. Throws CryptoError BAD_KEY when it was wrapped for another bucket or file. */
export async function unwrapFileKey(
  { bucketKey, fileId }: FileKeyScope,
  wrapped: Uint8Array,
): Promise<Uint8Array> {
  expectLength('BAD_KEY', 'A wrapped file key', wrapped, WRAPPED_FILE_KEY_BYTES)
  const cipher = await wrappingCipher({ bucketKey, fileId })
  const fileKey = await cipher.open({
    nonce: wrapped.subarray(0, NONCE_BYTES),
    bytes: wrapped.subarray(NONCE_BYTES),
    associated: fileId,
  })
  if (fileKey !== undefined) return fileKey
  throw new CryptoError('BAD_KEY', {
    message: 'The file key does not open with this bucket key',
    hint: 'Use the master seed and the bucket that the file was uploaded with.',
  })
}

/** Which file's key it is. */
export interface FileKeyScope {
  bucketKey: Uint8Array
  /** 32 bytes. */
  fileId: Uint8Array
}

const NONCE_BYTES = 12

export const WRAPPED_FILE_KEY_BYTES = NONCE_BYTES + KEY_BYTES + TAG_BYTES

const wrappingCipher = ({ bucketKey, fileId }: FileKeyScope) =>
  platformEngine().gcm(deriveKey(bucketKey, 'file-wrapping', fileId))
