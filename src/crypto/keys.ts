import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { expectLength } from './errors.ts'

/**
 * A key of 32 bytes for one purpose: HKDF-SHA-256 (RFC 5869) without salt, whose info is "genaro/PURPOSE/v1"
 * and then every context with its length (uint32, big-endian) before it, so that no two lists of contexts
 * run together. Nobody can go from a key to the one it was made from, or to its sisters.
 */
export function deriveKey(
  from: Uint8Array,
  purpose: KeyPurpose,
  ...contexts: readonly Uint8Array[]
): Uint8Array {
  expectLength('BAD_KEY', `The key that a ${purpose} key is made from`, from, KEY_BYTES)
  const info = concatBytes(
    utf8ToBytes(`genaro/${purpose}/v1`),
    ...contexts.flatMap((context) => [lengthBytes(context), context]),
  )
  return hkdf(sha256, from, undefined, info, KEY_BYTES)
}

/** What a derived key is for. */
export type KeyPurpose =
  | 'bucket'
  | 'file-wrapping'
  | 'manifest'
  | 'name'
  | 'search'
  | 'seal'
  | 'permutation'
  | 'sentinel'
  | 'steward'

export const KEY_BYTES = 32

/**
 * The root of all of a user's storage keys: 32 random bytes, kept like a wallet's seed. A signing key is never
 * used as one: a key that signs must not be fed to anything else.
 */
export const createMasterSeed = (): Uint8Array => randomBytes(KEY_BYTES)

/** The key of one bucket, by its 32-byte id. Whoever has it can read and write the bucket's files. */
export function deriveBucketKey(masterSeed: Uint8Array, bucketId: Uint8Array): Uint8Array {
  expectLength('BAD_SEED', 'A master seed', masterSeed, KEY_BYTES)
  return deriveKey(masterSeed, 'bucket', bucketId)
}

/** What turns shards of one file version into replicas and back (SPEC 6). It opens no plaintext. */
export interface ReplicaKeys {
  sealKey: Uint8Array
  permutationKey: Uint8Array
  sentinelKey: Uint8Array
}

/**
 * The replica keys of one file version, by its file id. A steward gets these three: from them nobody finds the
 * bucket's key, the file's key, or those of another file.
 */
export const deriveReplicaKeys = (bucketKey: Uint8Array, fileId: Uint8Array): ReplicaKeys => ({
  sealKey: deriveKey(bucketKey, 'seal', fileId),
  permutationKey: deriveKey(bucketKey, 'permutation', fileId),
  sentinelKey: deriveKey(bucketKey, 'sentinel', fileId),
})

/** What makes keyword labels of a bucket's search index. */
export const deriveSearchKey = (bucketKey: Uint8Array): Uint8Array => deriveKey(bucketKey, 'search')

/** The X25519 secret of an account that stewards others' files, by its address (20 bytes). */
export const deriveStewardKey = (masterSeed: Uint8Array, account: Uint8Array): Uint8Array =>
  deriveKey(masterSeed, 'steward', account)

/** What hides names outside manifests, such as those of a bucket's listing. */
export const deriveNameKey = (bucketKey: Uint8Array): Uint8Array => deriveKey(bucketKey, 'name')

/** Random bytes from the platform. */
export const randomBytes = (length: number): Uint8Array =>
  crypto.getRandomValues(new Uint8Array(length))

function lengthBytes(context: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, context.length)
  return bytes
}
