import { HASH_BYTES, hashLeaves } from '../crypto/merkle/hashing.ts'
import { createMerkleRootBuilder } from '../crypto/merkle/rootBuilder.ts'
import { LEAF_BYTES, type ReplicaLayout, type ReplicaWindow } from '../protocol/replicaLayout.ts'
import { locateCodedLeaves } from './codedLeaves.ts'
import { SporError } from './errors.ts'
import { leafAt } from './leaves.ts'
import { repairRows } from './repairRows.ts'
import type { ReplicaSecrets } from './replicaSecrets.ts'
import { sealLeaves } from './sealing.ts'
import type { ReplicaCommitment } from './setup.ts'

/**
 * The shard that a replica was made of, although leaves of it are missing or changed: up to 32 of each code
 * group's 255 (SPEC 6). The parity is read only when data is lost. Memory: the shard, and an eighth more when
 * it has to be repaired. Throws SporError TOO_MANY_LOST beyond that, and BAD_ROOT when the leaf hashes
 * are not those of the replica.
 */
export async function extractShard(options: ExtractOptions): Promise<Uint8Array> {
  const { layout } = options
  checkHashes(options)
  const data = new Uint8Array(layout.dataRows * layout.groups * LEAF_BYTES)
  const lostData = await readCoded(options, 0, layout.dataLeaves, data)
  if (lostData.length > 0) {
    const parity = new Uint8Array((layout.codedLeaves - layout.dataLeaves) * LEAF_BYTES)
    const parityLeaves = layout.codedLeaves - layout.dataLeaves
    const lostParity = await readCoded(options, layout.dataLeaves, parityLeaves, parity)
    repairRows({ layout, data, parity, lostData, lostParity })
  }
  return data.subarray(0, layout.shardBytes)
}

export interface ExtractOptions {
  layout: ReplicaLayout
  secrets: Pick<ReplicaSecrets, 'seal' | 'permutation'>
  /**
   * The leaves of the replica from `firstLeaf` on, at most a window: each 1 KiB, or undefined where there is none.
   * Without hashes, who reads them vouches for them: a changed leaf that is not told would give a changed shard.
   */
  readLeaves(firstLeaf: number, count: number): Promise<readonly (Uint8Array | undefined)[]>
  /** The hashes of all leaves, 32 bytes each, and the root they must have: with them changed leaves count as lost. */
  hashes?: { leafHashes: Uint8Array; commitment: ReplicaCommitment }
  signal?: AbortSignal
}

function checkHashes({ layout, hashes }: ExtractOptions): void {
  if (hashes === undefined) return
  const { leafHashes, commitment } = hashes
  const isComplete =
    leafHashes.length === layout.leafCount * HASH_BYTES && commitment.leafCount === layout.leafCount
  if (isComplete) {
    const tree = createMerkleRootBuilder()
    tree.add(leafHashes)
    if (isEqual(tree.root(), commitment.root)) return
  }
  throw new SporError('BAD_ROOT', {
    message: `The ${leafHashes.length} bytes of leaf hashes are not those of the replica of ${layout.leafCount} leaves`,
    hint: 'Ask another farmer, or read leaves with their Merkle proofs.',
  })
}

/** Reads and opens a run of coded leaves into `into`, and tells which of them, counted from `first`, are lost. */
async function readCoded(
  options: ExtractOptions,
  first: number,
  count: number,
  into: Uint8Array,
): Promise<number[]> {
  const { layout, secrets, signal } = options
  const lost: number[] = []
  for await (const { window, firstCoded, leafIndices } of locateCodedLeaves(
    layout,
    secrets,
    first,
    count,
  )) {
    signal?.throwIfAborted()
    const leaves = await options.readLeaves(window.firstLeaf, window.leaves)
    const intact = gatherIntact(options, window, leaves)
    const sealed = new Uint8Array(leafIndices.length * LEAF_BYTES)
    for (const [at, leafIndex] of leafIndices.entries()) {
      const leaf = intact[leafIndex - window.firstLeaf]
      if (leaf === undefined) lost.push(firstCoded - first + at)
      else sealed.set(leaf, at * LEAF_BYTES)
    }
    into.set(await sealLeaves(secrets, firstCoded, sealed), (firstCoded - first) * LEAF_BYTES)
  }
  for (const at of lost) leafAt(into, at).fill(0)
  return lost
}

/** The leaves of a window that are what they should be. */
function gatherIntact(
  { hashes }: ExtractOptions,
  { firstLeaf, leaves: count }: ReplicaWindow,
  leaves: readonly (Uint8Array | undefined)[],
): (Uint8Array | undefined)[] {
  const whole = leaves.map((leaf) => (leaf?.length === LEAF_BYTES ? leaf : undefined))
  if (hashes === undefined) return whole
  // Hashing them all at once, the missing as zeros, is twice as fast as one by one.
  const bytes = new Uint8Array(count * LEAF_BYTES)
  for (const [at, leaf] of whole.slice(0, count).entries()) {
    if (leaf !== undefined) bytes.set(leaf, at * LEAF_BYTES)
  }
  const found = hashLeaves(firstLeaf, bytes)
  const start = firstLeaf * HASH_BYTES
  return whole.map((leaf, at) => {
    const [from, to] = [at * HASH_BYTES, (at + 1) * HASH_BYTES]
    const expected = hashes.leafHashes.subarray(start + from, start + to)
    return isEqual(found.subarray(from, to), expected) ? leaf : undefined
  })
}

const isEqual = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, at) => byte === b[at])
