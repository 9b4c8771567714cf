import { concatBytes } from '@ethereumjs/util'
import { decodeShardIndex, encodeShardIndex } from './replicaContract.ts'

/** The segment that no file has: its shards are copies of the file's manifest. */
export const MANIFEST_SEGMENT = 2 ** 24 - 1

/** Where a copy of the manifest is registered. */
export const manifestShardIndex = (copy: number): bigint => encodeShardIndex(MANIFEST_SEGMENT, copy)

export const isManifestShard = (shardIndex: bigint): boolean =>
  decodeShardIndex(shardIndex).segment === MANIFEST_SEGMENT

/**
 * Nobody can look up a nonce before the manifest is read, so its replicas have none. What it hides is encrypted
 * under a key of its own already.
 */
export const MANIFEST_NONCE = new Uint8Array(32)

const LENGTH_BYTES = 4

/** A manifest's shard is so many bytes, or a multiple. */
export const MANIFEST_PAGE_BYTES = 1_024

/** A sealed manifest as a shard: its length (uint32), itself, and zeros up to whole leaves. */
export function encodeManifestShard(sealed: Uint8Array): Uint8Array {
  const length = new Uint8Array(LENGTH_BYTES)
  new DataView(length.buffer).setUint32(0, sealed.length)
  const bytes = concatBytes(length, sealed)
  const shard = new Uint8Array(Math.ceil(bytes.length / MANIFEST_PAGE_BYTES) * MANIFEST_PAGE_BYTES)
  shard.set(bytes)
  return shard
}

/** The sealed manifest in a shard, or undefined where the length cannot be: then the keys were wrong. */
export function decodeManifestShard(shard: Uint8Array): Uint8Array | undefined {
  const length = new DataView(shard.buffer, shard.byteOffset).getUint32(0)
  const padding = shard.length - LENGTH_BYTES - length
  if (padding < 0 || padding >= MANIFEST_PAGE_BYTES) return undefined
  return shard.subarray(LENGTH_BYTES, LENGTH_BYTES + length)
}
