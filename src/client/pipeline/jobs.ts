import type { ReplicaKeys } from '../../crypto/keys.ts'
import type { FileShape } from '../../protocol/fileLayoutShape.ts'
import type { ReplicaIdentity } from '../../spor/replicaSecrets.ts'
import type { ReplicaCommitment } from '../../spor/setup.ts'

/** Encrypts a run of stripes of one segment and writes their cells into the segment's shard files. */
export interface EncodeStripesJob {
  kind: 'encodeStripes'
  shape: FileShape
  segment: number
  firstStripe: number
  stripeCount: number
  /** The plaintext of these stripes. */
  plaintext: Uint8Array<ArrayBuffer>
  fileKey: Uint8Array
  salt: Uint8Array
  /** One for each shard of the segment; they are written at the stripes' places. */
  shardFiles: readonly string[]
}

/** Makes the replica of a shard for one farmer, from file to file. */
export interface SetUpReplicaJob {
  kind: 'setUpReplica'
  shardFile: string
  shardBytes: number
  replicaFile: string
  keys: ReplicaKeys
  identity: ReplicaIdentity
}

export type UploadJob = EncodeStripesJob | SetUpReplicaJob

/** What a job gives: the tags of the encrypted cells, 16 bytes each, or what was made. */
export type UploadJobResult = { tags: Uint8Array<ArrayBuffer> } | ReplicaCommitment
