import { concatBytes } from '@noble/hashes/utils.js'
import { LEAF_BYTES } from '../../src/crypto/merkle/hashing.ts'
import { proofPositions } from '../../src/crypto/merkle/proof.ts'
import { createMerkleTree } from '../../src/crypto/merkle/tree.ts'
import {
  createSumTree,
  type LeafReader,
  proveInspection,
  proveReplicaInspection,
  samplePositions,
  scheduledSeed,
  verifyInspection,
  verifyReplicaInspection,
} from '../../src/spor/index.ts'
import { bytesNamed, type Digests, digest } from './named.ts'
import { makeReplica } from './replicaDigests.ts'

/** A farmer's answers about two replicas, and what the chain says of them. */
export async function inspectionDigests(): Promise<Digests> {
  const replicas = await Promise.all([1, 100_000].map(makeReplica))
  const placed = replicas.map(({ commitment }, place) => ({
    place,
    entry: { replicaId: bytesNamed(`replica ${place}`, 32), ...commitment },
  }))
  const tree = createSumTree(placed)
  const readLeaves: LeafReader = async ({ entry, indices }) => {
    const at = placed.findIndex((other) => other.entry === entry)
    const { replica, leafHashes } = replicas[at]!
    const leaves = indices.map((i) => replica.subarray(i * LEAF_BYTES, (i + 1) * LEAF_BYTES))
    const hashes = proofPositions(entry.leafCount, indices).map(createMerkleTree(leafHashes).node)
    return { leaves: concatBytes(...leaves), hashes }
  }
  const isExcused = () => false
  const seed = scheduledSeed({ mix: bytesNamed('mix', 32), node: 3n, round: 5n })
  const answer = await proveInspection({ tree, seed, isExcused, readLeaves })
  const { entry } = placed[1]!
  const single = await proveReplicaInspection({ entry, seed, readLeaves })
  const { root, totalLeaves, height } = tree
  const question = { root, totalLeaves, height, seed, isExcused, answer }
  return {
    seed: digest(seed),
    root: digest(root),
    samples: samplePositions(seed, totalLeaves).join(' '),
    answer: digest(answer),
    'shown leaves': String(verifyInspection(question).shownLeaves),
    'answer of one replica': digest(single),
    'shown leaves of one replica': String(
      verifyReplicaInspection({ ...entry, seed, answer: single }).shownLeaves,
    ),
  }
}
