/** `genaro/crypto`: pure algorithms, bytes in and bytes out. */
export * as bls from './bls.ts'
export { createErasureCode, type ErasureCode } from './erasure/erasureCode.ts'
export { createFileCipher, openFileCipher } from './fileCipher.ts'
export { createFileKey, unwrapFileKey, wrapFileKey } from './fileKey.ts'
export { keccak256 } from './keccak.ts'
export { createMasterSeed, deriveBucketKey, deriveKey, deriveReplicaKeys } from './keys.ts'
