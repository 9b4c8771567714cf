import { hashLeaves } from '../../crypto/merkle/hashing.ts'
import { createMerkleTree } from '../../crypto/merkle/tree.ts'
import { serveJobs } from '../../util/serveJobs.ts'
import type { HashJob } from './replicaHasher.ts'

serveJobs<HashJob, Uint8Array>(
  (job) => (job.kind === 'leaves' ? hashLeaves(job.firstIndex, job.leaves) : treeOf(job.hashes)),
  (result) => [result.buffer as ArrayBuffer],
)

/** All levels of the tree, from the leaf hashes to the root, one after another. */
function treeOf(leafHashes: Uint8Array): Uint8Array {
  const { levels } = createMerkleTree(leafHashes)
  const tree = new Uint8Array(levels.reduce((bytes, level) => bytes + level.length, 0))
  let at = 0
  for (const level of levels) {
    tree.set(level, at)
    at += level.length
  }
  return tree
}
