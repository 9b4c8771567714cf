import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { proveInspection, proveReplicaInspection } from '../../src/spor/proveInspection.ts'
import { EMPTY_TREE, putEntry } from '../../src/spor/sumTree.ts'
import { verifyInspection, verifyReplicaInspection } from '../../src/spor/verifyInspection.ts'
import { bytesNamed, memoryReader, storedReplica } from './inspectionBench.ts'

const replicas = [40, 1, 97, 8, 300, 64].map((leafCount, at) =>
  storedReplica(`replica ${at}`, leafCount),
)
const PLACES = [0, 5, 2, 9, 8, 31]
const tree = replicas.reduce(
  (tree, { entry }, at) => putEntry(tree, PLACES[at]!, entry),
  EMPTY_TREE,
)
const readLeaves = memoryReader(replicas)
const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 })
const regionCounts = fc.integer({ min: 1, max: 32 })
const excuses = fc.subarray(replicas.map(({ entry }) => entry.replicaId))

describe('an inspection', () => {
  test('is passed by every honest answer, whatever is asked and whoever is excused', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, regionCounts, excuses, async (seed, regionCount, excused) => {
        const isExcused = (id: Uint8Array): boolean =>
          excused.some((other) => Buffer.from(other).equals(id))
        const answer = await proveInspection({ tree, seed, isExcused, readLeaves, regionCount })
        const { root, totalLeaves, height } = tree
        const question = { root, totalLeaves, height, seed, isExcused, answer, regionCount }
        const { shownLeaves, excusedLeaves } = verifyInspection(question)
        assert.ok(shownLeaves + excusedLeaves >= 1)
        if (excused.length === 0) assert.equal(excusedLeaves, 0)
      }),
      { numRuns: 200 },
    )
  })

  test('of one replica is passed by every honest answer', async () => {
    const { entry } = replicas[4]!
    await fc.assert(
      fc.asyncProperty(seeds, regionCounts, async (seed, regionCount) => {
        const answer = await proveReplicaInspection({ entry, seed, readLeaves, regionCount })
        const { root, leafCount } = entry
        const result = verifyReplicaInspection({ root, leafCount, seed, answer, regionCount })
        assert.equal(result.excusedLeaves, 0)
      }),
      { numRuns: 100 },
    )
  })

  test('is passed by no answer with one flipped bit', async () => {
    const seed = bytesNamed('a seed', 32)
    const excused = replicas[2]!.entry.replicaId
    const isExcused = (id: Uint8Array): boolean => Buffer.from(excused).equals(id)
    const answer = await proveInspection({ tree, seed, isExcused, readLeaves })
    const { root, totalLeaves, height } = tree
    const question = { root, totalLeaves, height, seed, isExcused }
    verifyInspection({ ...question, answer })
    fc.assert(
      fc.property(fc.nat({ max: answer.length * 8 - 1 }), (bit) => {
        const changed = answer.slice()
        changed[bit >> 3]! ^= 1 << (bit & 7)
        assert.throws(() => verifyInspection({ ...question, answer: changed }), {
          name: 'InspectionError',
        })
      }),
      { numRuns: 500 },
    )
  })
})
