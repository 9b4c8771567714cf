import { errorMessage } from '../util/errors.ts'
import { createFileLayout, type FileLayout } from './fileLayout.ts'
import type { FileShape } from './fileLayoutShape.ts'
import type { FileManifest, ManifestFarmer, ManifestReplica } from './fileManifest.ts'
import { refuseManifest } from './fileManifestErrors.ts'
import { createReplicaLayout } from './replicaLayout.ts'

/** Throws FileManifestError BAD_MANIFEST unless the parts of a manifest fit each other. */
export function checkManifest(manifest: FileManifest): void {
  expectLength('file id', manifest.fileId, 32)
  expectLength('bucket id', manifest.bucketId, 32)
  expectLength('cipher header', manifest.cipherHeader, CIPHER_HEADER_BYTES)
  expectLength('wrapped file key', manifest.wrappedFileKey, WRAPPED_FILE_KEY_BYTES)
  expectAtMost('name', manifest.name.length, MAX_NAME_BYTES)
  expectText('type', manifest.mimeType)
  expectNumber('modification time', manifest.modifiedMs)
  for (const farmer of manifest.farmers) checkFarmer(farmer)
  checkSegments(manifest)
}

/** The longest name in bytes: as long as a path may be on most systems. */
export const MAX_NAME_BYTES = 4_096

/** Most replicas of one shard. */
export const MAX_REPLICAS_PER_SHARD = 16

export const CIPHER_HEADER_BYTES = 72
export const WRAPPED_FILE_KEY_BYTES = 60
const MAX_TEXT_BYTES = 255
const MAX_PEER_ID_BYTES = 64
const MAX_ADDRESSES = 8

function checkFarmer({ address, nodeIndex, peerId, addresses }: ManifestFarmer): void {
  expectLength('farmer address', address, 20)
  expectNumber('node index', nodeIndex)
  expectAtMost('peer id', peerId.length, MAX_PEER_ID_BYTES)
  expectAtMost('list of addresses', addresses.length, MAX_ADDRESSES)
  for (const text of addresses) expectText('address', text)
}

function checkSegments({ shape, segments, farmers }: FileManifest): void {
  const layout = layoutOf(shape)
  expectCount('segments', segments.length, layout.segmentCount)
  for (const [index, shards] of segments.entries()) {
    const { shardCount, shardBytes } = layout.segment(index)
    expectCount('shards', shards.length, shardCount)
    for (const [shard, replicas] of shards.entries()) {
      const sizeBytes = shardBytes(shard)
      if (sizeBytes === 0) expectCount('replicas of an empty shard', replicas.length, 0)
      expectAtMost('list of replicas', replicas.length, MAX_REPLICAS_PER_SHARD)
      for (const replica of replicas) checkReplica(replica, sizeBytes, farmers.length)
    }
  }
}

function layoutOf(shape: FileShape): FileLayout {
  try {
    return createFileLayout(shape)
  } catch (error) {
    return refuseManifest(errorMessage(error))
  }
}

function checkReplica(replica: ManifestReplica, shardBytes: number, farmerCount: number): void {
  expectLength('root', replica.root, 32)
  expectLength('seal nonce', replica.sealNonce, 32)
  expectCount('leaves', replica.leafCount, createReplicaLayout(shardBytes).leafCount)
  expectNumber('end of the term', replica.endsAtSeconds)
  expectNumber('farmer', replica.farmer)
  if (replica.farmer >= farmerCount) {
    refuseManifest(`it names farmer ${replica.farmer} of ${farmerCount}`)
  }
}

function expectLength(name: string, { length }: Uint8Array, expected: number): void {
  if (length !== expected) refuseManifest(`${name} has ${length} bytes, not ${expected}`)
}

function expectCount(name: string, count: number, expected: number): void {
  if (count !== expected) refuseManifest(`${count} ${name}, not ${expected}`)
}

function expectAtMost(name: string, length: number, most: number): void {
  if (length > most) refuseManifest(`${name} has length ${length}, at most ${most} is allowed`)
}

function expectNumber(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) refuseManifest(`${name} is ${value}`)
}

function expectText(name: string, text: string): void {
  if (!text.isWellFormed()) refuseManifest(`${name} is not well-formed text`)
  expectAtMost(name, new TextEncoder().encode(text).length, MAX_TEXT_BYTES)
}
