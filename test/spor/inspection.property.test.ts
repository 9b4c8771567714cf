import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { scheduledSeed } from '../../src/spor/inspectionSeed.ts'
import {
  type LeafQuestion,
  proveInspection,
  proveReplicaInspection,
} from '../../src/spor/proveInspection.ts'
import { EMPTY_TREE, growTo, putEntry, takeEntry } from '../../src/spor/sumTree.ts'
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

  /** An honest answer with an excused replica in it, and what it answers. */
  async function honest() {
    const seed = bytesNamed('a seed', 32)
    const excused = replicas[2]!.entry.replicaId
    const isExcused = (id: Uint8Array): boolean => Buffer.from(excused).equals(id)
    const answer = await proveInspection({ tree, seed, isExcused, readLeaves })
    const { root, totalLeaves, height } = tree
    const question = { root, totalLeaves, height, seed, isExcused }
    const { excusedLeaves } = verifyInspection({ ...question, answer })
    assert.ok(excusedLeaves > 0)
    return { question, answer }
  }

  const refuses = (question: Parameters<typeof verifyInspection>[0]): void => {
    assert.throws(() => verifyInspection(question), { name: 'InspectionError' })
  }

  test('is passed by no answer with one flipped bit', async () => {
    const { question, answer } = await honest()
    fc.assert(
      fc.property(fc.nat({ max: answer.length * 8 - 1 }), (bit) => {
        const changed = answer.slice()
        changed[bit >> 3]! ^= 1 << (bit & 7)
        refuses({ ...question, answer: changed })
      }),
      { numRuns: 500 },
    )
  })

  test('is passed by no answer with bytes left out, put in or left over', async () => {
    const { question, answer } = await honest()
    const places = fc.nat({ max: answer.length })
    fc.assert(
      fc.property(places, places, fc.uint8Array({ maxLength: 50 }), (one, other, put) => {
        const [from, to] = [Math.min(one, other), Math.max(one, other)]
        const changed = [...answer.subarray(0, from), ...put, ...answer.subarray(to)]
        fc.pre(changed.length !== answer.length)
        refuses({ ...question, answer: Uint8Array.from(changed) })
      }),
      { numRuns: 200 },
    )
  })

  test('is passed by no bytes that somebody made up', async () => {
    const { question } = await honest()
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5_000, size: 'max' }), (answer) => {
        refuses({ ...question, answer })
      }),
    )
  })

  test('is passed by no answer to another farmer, of another round, or on another fork', async () => {
    const numbers = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
    const asked = fc.record({ mix: seeds, node: numbers, round: numbers })
    const answerTo = (seed: Uint8Array) =>
      proveInspection({ tree, seed, isExcused: () => false, readLeaves })
    const { root, totalLeaves, height } = tree
    await fc.assert(
      fc.asyncProperty(asked, asked, async (one, other) => {
        const answer = await answerTo(scheduledSeed(one))
        const question = { root, totalLeaves, height, isExcused: () => false, answer }
        verifyInspection({ ...question, seed: scheduledSeed(one) })
        for (const change of [{ mix: other.mix }, { node: other.node }, { round: other.round }]) {
          const seed = scheduledSeed({ ...one, ...change })
          fc.pre(!Buffer.from(seed).equals(scheduledSeed(one)))
          refuses({ ...question, seed })
        }
      }),
      { numRuns: 50 },
    )
  })

  test('is passed by no answer from a tree before or after', async () => {
    const { question, answer } = await honest()
    const { entry } = storedReplica('one more', 50)
    for (const { root, totalLeaves, height } of [
      putEntry(tree, 1, entry),
      takeEntry(tree, 31),
      growTo(tree, tree.height + 1),
    ]) {
      refuses({ ...question, root, totalLeaves, height, answer })
    }
  })

  test('is refused by a prover whose disk gives something else than was asked for', async () => {
    const { question } = await honest()
    for (const change of [
      { leaves: new Uint8Array(1_024) },
      { hashes: [] },
      { hashes: [new Uint8Array(31)] },
    ]) {
      const lying = async (asked: LeafQuestion) => ({ ...(await readLeaves(asked)), ...change })
      await assert.rejects(proveInspection({ ...question, tree, readLeaves: lying }), {
        code: 'BAD_LEAVES',
      })
    }
  })
})
