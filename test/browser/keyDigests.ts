import {
  deriveBucketKey,
  deriveNameKey,
  deriveReplicaKeys,
  deriveSearchKey,
  deriveStewardKey,
} from '../../src/crypto/keys.ts'
import { boxPublicKey } from '../../src/crypto/sealedBox.ts'
import { bytesNamed, type Digests, digest } from './named.ts'

const masterSeed = bytesNamed('master seed', 32)

/** The key of the one bucket of these tests. */
export const bucketKey = deriveBucketKey(masterSeed, bytesNamed('bucket', 32))

export const fileId = bytesNamed('file', 32)

export const replicaKeys = deriveReplicaKeys(bucketKey, fileId)

export const stewardKey = deriveStewardKey(masterSeed, bytesNamed('steward', 20))

/** Every key that follows from a master seed. */
export const keyDigests = (): Digests => ({
  bucket: digest(bucketKey),
  seal: digest(replicaKeys.sealKey),
  permutation: digest(replicaKeys.permutationKey),
  sentinel: digest(replicaKeys.sentinelKey),
  search: digest(deriveSearchKey(bucketKey)),
  name: digest(deriveNameKey(bucketKey)),
  steward: digest(stewardKey),
  'public key of the steward': digest(boxPublicKey(stewardKey)),
})
