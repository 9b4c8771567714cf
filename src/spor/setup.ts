import { hashLeaves } from '../crypto/merkle/hashing.ts'
import { createMerkleRootBuilder } from '../crypto/merkle/rootBuilder.ts'
import {
  createReplicaLayout,
  LEAF_BYTES,
  MAX_WINDOW_LEAVES,
  type ReplicaLayout,
  type ReplicaWindow,
  replicaWindow,
} from '../protocol/replicaLayout.ts'
import { encodeParity } from './innerCode.ts'
import { leafAt, readShardLeaves, type ShardSource } from './leaves.ts'
import { windowPermutation } from './permutation.ts'
import type { ReplicaSecrets } from './replicaSecrets.ts'
import { sealLeaves } from './sealing.ts'
import { sentinelLeaves } from './sentinel.ts'

/**
 * Makes the replica of a shard for one farmer (SPEC 6; YP 4.3): error correction, sealing, sentinels,
 * permutation, Merkle root. Windows are handed over in order, each as soon as it is made; the next waits for
 * `onWindow`. Memory: an eighth of the shard for its parity, and one window. The shard is read twice.
 * Works for about a second per 256 MiB without a pause unless `onWindow` makes one: give it a worker.
 */
export async function setUpReplica({
  shard,
  secrets,
  onWindow,
  signal,
}: ReplicaSetupOptions): Promise<ReplicaCommitment> {
  const layout = createReplicaLayout(shard.sizeBytes)
  const parity = await encodeParity(shard, layout, signal)
  const coded = codedLeafReader(shard, layout, parity)
  const tree = createMerkleRootBuilder()
  const buffer = new Uint8Array(MAX_WINDOW_LEAVES * LEAF_BYTES)
  for (let index = 0; index < layout.windowCount; index++) {
    signal?.throwIfAborted()
    const window = replicaWindow(layout, index)
    const bytes = buffer.subarray(0, window.leaves * LEAF_BYTES)
    await fillWindow(window, secrets, coded, bytes)
    const leafHashes = hashLeaves(window.firstLeaf, bytes)
    tree.add(leafHashes)
    await onWindow({ firstLeaf: window.firstLeaf, bytes, leafHashes })
  }
  return { root: tree.root(), leafCount: layout.leafCount }
}

export interface ReplicaSetupOptions {
  shard: ShardSource
  secrets: ReplicaSecrets
  onWindow: (window: ReplicaBytes) => void | Promise<void>
  signal?: AbortSignal
}

/** What goes onto the chain about a replica's bytes, and what the farmer signs. */
export interface ReplicaCommitment {
  root: Uint8Array
  leafCount: number
}

/** The next leaves of a replica. `bytes` is used again once `onWindow` is done. */
export interface ReplicaBytes {
  firstLeaf: number
  bytes: Uint8Array
  /** The leaves' hashes, 32 bytes each. */
  leafHashes: Uint8Array
}

/** Reads up to `count` coded leaves from `first` on; fewer where the shard ends and parity begins. */
type CodedLeafReader = (first: number, count: number) => Uint8Array | Promise<Uint8Array>

const codedLeafReader =
  (shard: ShardSource, { dataLeaves }: ReplicaLayout, parity: Uint8Array): CodedLeafReader =>
  (first, count) => {
    if (first < dataLeaves) {
      return readShardLeaves(shard, first, Math.min(count, dataLeaves - first))
    }
    const start = (first - dataLeaves) * LEAF_BYTES
    return parity.subarray(start, start + count * LEAF_BYTES)
  }

/** Leaves that are sealed at once: small enough that their memory is never given back to the system. */
const PIECE_LEAVES = 64

async function fillWindow(
  window: ReplicaWindow,
  secrets: ReplicaSecrets,
  coded: CodedLeafReader,
  into: Uint8Array,
): Promise<void> {
  const places = await windowPermutation(secrets, window)
  let slot = 0
  const scatter = (leaves: Uint8Array): void => {
    for (let at = 0; at < leaves.length / LEAF_BYTES; at++) {
      into.set(leafAt(leaves, at), places[slot++]! * LEAF_BYTES)
    }
  }
  while (slot < window.coded) {
    const first = window.firstCoded + slot
    const leaves = await coded(first, Math.min(PIECE_LEAVES, window.coded - slot))
    scatter(await sealLeaves(secrets, first, leaves))
  }
  scatter(await sentinelLeaves(secrets, window.firstSentinel, window.sentinels))
}
