/**
 * What an inspection costs: making and checking its answer in CPU milliseconds, and the answer's bytes, by size of the
 * replica and by granularity; then for farmers with 10 to 100,000 replicas, whose inspections must cost the same. The
 * sizes are exact; of the times the ratios are what to trust. Leaves come from memory, so a disk's reads are not in it.
 * Run with `node bench/spor.ts`.
 */
import { randomBytes } from 'node:crypto'
import { keccak256 } from '../src/crypto/keccak.ts'
import { HASH_BYTES, hashLeaves } from '../src/crypto/merkle/hashing.ts'
import { proofPositions } from '../src/crypto/merkle/proof.ts'
import { createMerkleTree } from '../src/crypto/merkle/tree.ts'
import { createReplicaLayout, LEAF_BYTES } from '../src/protocol/replicaLayout.ts'
import { type LeafReader, proveInspection } from '../src/spor/proveInspection.ts'
import type { TreeEntry } from '../src/spor/sumNode.ts'
import { EMPTY_TREE, pathOfPlace, putEntry, type SumTree, takeEntry } from '../src/spor/sumTree.ts'
import { createSumTree } from '../src/spor/treeLookup.ts'
import { verifyInspection } from '../src/spor/verifyInspection.ts'

const INSPECTIONS = 200
const WINDOW_LEAVES = 1_024

/** Leaves repeat after a window, and their hashes do not: the index is hashed along. */
const windowBytes = new Uint8Array(randomBytes(WINDOW_LEAVES * LEAF_BYTES))

/** A replica of a shard of so many MiB, and how its leaves and hashes are read. */
function replicaOfMiB(shardMiB: number) {
  const { leafCount } = createReplicaLayout(shardMiB * 2 ** 20)
  const hashes = new Uint8Array(leafCount * HASH_BYTES)
  for (let first = 0; first < leafCount; first += WINDOW_LEAVES) {
    const count = Math.min(WINDOW_LEAVES, leafCount - first)
    const leaves = windowBytes.subarray(0, count * LEAF_BYTES)
    hashes.set(hashLeaves(first, leaves), first * HASH_BYTES)
  }
  const { root, node } = createMerkleTree(hashes)
  const readLeaves: LeafReader = async ({ indices }) => {
    const leaves = new Uint8Array(indices.length * LEAF_BYTES)
    for (const [at, index] of indices.entries()) {
      const start = (index % WINDOW_LEAVES) * LEAF_BYTES
      leaves.set(windowBytes.subarray(start, start + LEAF_BYTES), at * LEAF_BYTES)
    }
    return { leaves, hashes: proofPositions(leafCount, indices).map(node) }
  }
  return {
    entryOf: (id: number): TreeEntry => ({ replicaId: idOf(id), root, leafCount }),
    readLeaves,
  }
}

const idOf = (number: number): Uint8Array => keccak256(new TextEncoder().encode(`id ${number}`))

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

async function inspect(tree: SumTree, readLeaves: LeafReader, regionCount: number) {
  const isExcused = (): boolean => false
  const { root, totalLeaves, height } = tree
  const answers: Uint8Array[] = []
  const seedOf = (at: number): Uint8Array => idOf(-at)
  const begun = cpuMs()
  for (let at = 0; at < INSPECTIONS; at++) {
    const options = { tree, seed: seedOf(at), isExcused, readLeaves, regionCount }
    answers.push(await proveInspection(options))
  }
  const proved = cpuMs()
  for (const [at, answer] of answers.entries()) {
    const seed = seedOf(at)
    verifyInspection({ root, totalLeaves, height, seed, isExcused, regionCount, answer })
  }
  const sizes = answers.map(({ length }) => length)
  return {
    'prove ms': ((proved - begun) / INSPECTIONS).toFixed(3),
    'verify ms': ((cpuMs() - proved) / INSPECTIONS).toFixed(3),
    'mean bytes': Math.round(sizes.reduce((sum, size) => sum + size, 0) / INSPECTIONS),
    'most bytes': Math.max(...sizes),
  }
}

async function bySize() {
  const rows = []
  for (const shardMiB of [2, 32, 256]) {
    const { entryOf, readLeaves } = replicaOfMiB(shardMiB)
    const tree = putEntry(EMPTY_TREE, 0, entryOf(0))
    await inspect(tree, readLeaves, 20)
    for (const regions of [6, 12, 20]) {
      const measured = await inspect(tree, readLeaves, regions)
      rows.push({ 'shard MiB': shardMiB, leaves: entryOf(0).leafCount, g: regions, ...measured })
    }
  }
  console.log(`One replica, ${INSPECTIONS} inspections each`)
  console.table(rows)
}

async function byReplicas() {
  const { entryOf, readLeaves } = replicaOfMiB(2)
  const rows = []
  for (const replicas of [10, 100, 1_000, 10_000, 100_000]) {
    const entries = Array.from({ length: replicas }, (_, place) => ({
      place,
      entry: entryOf(place),
    }))
    const begun = cpuMs()
    const tree = createSumTree(entries)
    const built = cpuMs()
    const changes = Math.min(replicas, 1_000)
    for (let place = 0; place < changes; place++) {
      const changed = putEntry(takeEntry(tree, place), place, entryOf(place))
      pathOfPlace(changed, place)
    }
    const changedAt = cpuMs()
    rows.push({
      replicas,
      height: tree.height,
      'build ms': (built - begun).toFixed(0),
      'change ms': ((changedAt - built) / (2 * changes)).toFixed(3),
      ...(await inspect(tree, readLeaves, 20)),
    })
  }
  console.log(`A farmer of replicas of 2 MiB shards, g = 20, ${INSPECTIONS} inspections each`)
  console.table(rows)
}

await bySize()
await byReplicas()
