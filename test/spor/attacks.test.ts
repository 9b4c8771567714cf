import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { concatBytes, equalsBytes } from '@ethereumjs/util'
import { keccak256 } from '../../src/crypto/keccak.ts'
import { LEAF_BYTES } from '../../src/protocol/replicaLayout.ts'
import { STRIKE_LIMIT } from '../../src/spor/detection.ts'
import { InspectionError } from '../../src/spor/inspectionErrors.ts'
import type { LeafQuestion, LeafReader } from '../../src/spor/proveInspection.ts'
import { proveInspection } from '../../src/spor/proveInspection.ts'
import { fingerprintGroup } from '../../src/spor/sampling.ts'
import { EMPTY_TREE, putEntry, type SumTree } from '../../src/spor/sumTree.ts'
import { verifyInspection } from '../../src/spor/verifyInspection.ts'
import { bytesNamed, memoryReader, replicaOfLeaves } from './inspectionBench.ts'
import { replicaOf } from './replicas.ts'

const treeWith = (entry: Parameters<typeof putEntry>[2]): SumTree => putEntry(EMPTY_TREE, 0, entry)

/** Whether a farmer with this reader passes. */
async function passes(
  tree: SumTree,
  seed: Uint8Array,
  readLeaves: LeafReader,
  regionCount?: number,
): Promise<boolean> {
  const { root, totalLeaves, height } = tree
  const isExcused = (): boolean => false
  const options = { tree, seed, isExcused, readLeaves, ...(regionCount && { regionCount }) }
  const answer = await proveInspection(options)
  try {
    verifyInspection({ ...options, root, totalLeaves, height, answer })
    return true
  } catch (error) {
    if (error instanceof InspectionError) return false
    throw error
  }
}

const seedOf = (challenge: number): Uint8Array => bytesNamed(`challenge ${challenge}`, 32)

describe("the paper's groups of six fixed fingerprints, taken literally", () => {
  /** A receipt for the fingerprints that are asked for: their digest. */
  const receiptOf = (fingerprints: readonly Uint8Array[], group: bigint): Uint8Array =>
    keccak256(concatBytes(...fingerprints.filter((_, at) => (group >> BigInt(at)) & 1n)))

  const file = bytesNamed('a file of 600 KiB', 600 * LEAF_BYTES)
  const fingerprints = Array.from({ length: 6 }, (_, at) =>
    keccak256(file.subarray(at * 100 * LEAF_BYTES, (at + 1) * 100 * LEAF_BYTES)),
  )

  test('are passed for ever by who keeps six values and deletes the file', () => {
    const kept = fingerprints.map((fingerprint) => fingerprint.slice())
    const groups = new Set<bigint>()
    for (let challenge = 0; challenge < 5_000; challenge++) {
      const group = fingerprintGroup(seedOf(challenge), 6)
      groups.add(group)
      assert.deepEqual(receiptOf(kept, group), receiptOf(fingerprints, group))
    }
    assert.equal(groups.size, 63)
  })

  test('become leaves of regions here, and who keeps six of them with their paths is discharged', async () => {
    const replica = replicaOfLeaves(bytesNamed('a replica', 32), file)
    const tree = treeWith(replica.entry)
    const honest = memoryReader([replica])
    const kept = new Set(Array.from({ length: 6 }, (_, region) => region * 100 + 50))
    /** Even with the whole Merkle tree kept, the leaves themselves are what is asked for. */
    const cheat: LeafReader = async (question) => {
      const { leaves, hashes } = await honest(question)
      return { leaves: onlyKept(leaves, question, kept), hashes }
    }
    let strikes = 0
    let challenges = 0
    while (strikes < STRIKE_LIMIT) {
      assert.ok(challenges < 10, 'the cheat is still there')
      const seed = seedOf(challenges++)
      assert.ok(await passes(tree, seed, honest, 6))
      strikes = (await passes(tree, seed, cheat, 6)) ? 0 : strikes + 1
    }
  })
})

/** The leaves with zeros for all that were not kept. */
function onlyKept(
  leaves: Uint8Array,
  { indices }: LeafQuestion,
  kept: ReadonlySet<number>,
): Uint8Array {
  const shown = leaves.slice()
  for (const [at, index] of indices.entries()) {
    if (!kept.has(index)) shown.fill(0, at * LEAF_BYTES, (at + 1) * LEAF_BYTES)
  }
  return shown
}

describe('two mirrors that share one copy', () => {
  const shard = bytesNamed('a shard', 300 * LEAF_BYTES)

  test('both pass when replicas are the shard itself', async () => {
    const copy = replicaOfLeaves(bytesNamed('first mirror', 32), shard)
    const none = replicaOfLeaves(bytesNamed('second mirror', 32), shard)
    const shared: LeafReader = ({ indices }) => memoryReader([copy])({ entry: copy.entry, indices })
    for (let challenge = 0; challenge < 20; challenge++) {
      assert.ok(await passes(treeWith(copy.entry), seedOf(challenge), shared))
      assert.ok(await passes(treeWith(none.entry), seedOf(challenge), shared))
    }
  })

  test('are told apart when each replica is sealed: the one without its own bytes fails', async () => {
    const farmers = [1, 2].map((farmer) => new Uint8Array(20).fill(farmer))
    const [first, second] = await Promise.all(
      farmers.map(async (farmer) => {
        const { replica } = await replicaOf(shard, { farmer })
        return replicaOfLeaves(keccak256(farmer), replica)
      }),
    )
    const copy = memoryReader([first!])
    const shared: LeafReader = ({ indices }) => copy({ entry: first!.entry, indices })
    for (let challenge = 0; challenge < 20; challenge++) {
      assert.ok(await passes(treeWith(first!.entry), seedOf(challenge), shared))
      assert.ok(!(await passes(treeWith(second!.entry), seedOf(challenge), shared)))
    }
  })

  test('have no leaf in common when they are sealed', async () => {
    const [first, second] = await Promise.all(
      [1, 2].map((farmer) => replicaOf(shard, { farmer: new Uint8Array(20).fill(farmer) })),
    )
    const leavesOf = (replica: Uint8Array): Uint8Array[] =>
      Array.from({ length: replica.length / LEAF_BYTES }, (_, at) =>
        replica.subarray(at * LEAF_BYTES, (at + 1) * LEAF_BYTES),
      )
    const others = leavesOf(second!.replica)
    for (const leaf of leavesOf(first!.replica)) {
      assert.ok(!others.some((other) => equalsBytes(leaf, other)))
    }
  })
})
