import { hexToBytes } from '@ethereumjs/util'
import { deriveBucketKey, deriveReplicaKeys, type ReplicaKeys } from '../crypto/keys.ts'
import { shardId } from '../protocol/replicaId.ts'
import type { ReplicaIdentity } from '../spor/replicaSecrets.ts'
import { ClientError } from './errors.ts'

/** The keys of one file version, from the master seed. */
export interface FileSecrets {
  bucketKey: Uint8Array
  replicaKeys: ReplicaKeys
}

export function deriveFileSecrets(
  masterSeed: Uint8Array,
  bucketId: string,
  fileId: string,
): FileSecrets {
  const bucketKey = deriveBucketKey(masterSeed, bytesOf(bucketId))
  return { bucketKey, replicaKeys: deriveReplicaKeys(bucketKey, bytesOf(fileId)) }
}

/** Which replica: the shard of a file, the farmer's account it is sealed for, and the nonce. */
export const replicaIdentity = (
  fileId: string,
  { segment, shard }: { segment: number; shard: number },
  farmer: string,
  nonce: Uint8Array,
): ReplicaIdentity => ({
  shardId: shardId({ fileId: bytesOf(fileId), segment, shard }),
  farmer: bytesOf(farmer),
  nonce,
})

export const bytesOf = (hex: string): Uint8Array => hexToBytes(hex as `0x${string}`)

/** A file's id in the form everything prints. Throws `ClientError` `BAD_ID`. */
export function parseFileId(text: string): string {
  if (/^0x[0-9a-f]{64}$/i.test(text)) return text.toLowerCase()
  throw new ClientError('BAD_ID', {
    message: `"${text}" is not the id of a file`,
    hint: 'Pass the 0x-prefixed id of 64 hexadecimal digits that the upload printed.',
    facts: { text },
  })
}
