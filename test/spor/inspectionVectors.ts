// What the chain's contracts and the farmers' code have to agree on to the byte, for tests in either language.
// `node test/spor/inspectionVectors.ts` writes vectors/inspections.json anew; a test holds that it is what this makes.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bytesToHex } from '@ethereumjs/util'
import { extraSeed, scheduledSeed } from '../../src/spor/inspectionSeed.ts'
import {
  proveInspection,
  proveReplicaInspection,
  sampledReplicas,
} from '../../src/spor/proveInspection.ts'
import { fingerprintGroup, samplePositions } from '../../src/spor/sampling.ts'
import {
  EMPTY_TREE,
  pathOfPlace,
  putEntry,
  type SumTree,
  takeEntry,
} from '../../src/spor/sumTree.ts'
import { bytesNamed, memoryReader, type StoredReplica, storedReplica } from './inspectionBench.ts'
import { type Answered, changedAnswers } from './inspectionVectorChanges.ts'

/** Whole nodes, asked by schedule; single replicas, asked for a bond; samples; and trees as they change. */
export async function makeInspectionVectors() {
  return {
    samples: sampleVectors(),
    changes: changeVectors(),
    inspections: await inspectionVectors(),
    replicaInspections: await replicaVectors(),
  }
}

export const VECTORS_FILE = join(import.meta.dirname, 'vectors/inspections.json')

/** A round whose group has so many regions and touches every replica: the answer is as long as a case needs. */
function roundOfSize(name: string, tree: SumTree, regions: number) {
  const mix = bytesNamed(`mix of ${name}`, 32)
  const node = BigInt(tree.entryCount)
  for (let round = 1n; ; round++) {
    const seed = scheduledSeed({ mix, node, round })
    if (sizeOfGroup(seed) !== regions) continue
    if (sampledReplicas(tree, seed).length === tree.entryCount) return { mix, node, round, seed }
  }
}

const sizeOfGroup = (seed: Uint8Array): number =>
  fingerprintGroup(seed).toString(2).replaceAll('0', '').length

function sampleVectors() {
  const totals = [20n, 21n, 97n, 37_471n, 2n ** 32n + 7n, 2n ** 63n, 2n ** 64n - 1n]
  return totals.flatMap((totalLeaves) =>
    [6, 20].map((regionCount) => {
      const seed = bytesNamed(`sample of ${totalLeaves} in ${regionCount}`, 32)
      return {
        seed: bytesToHex(seed),
        totalLeaves: String(totalLeaves),
        regionCount,
        group: String(fingerprintGroup(seed, regionCount)),
        positions: samplePositions(seed, totalLeaves, regionCount).map(String),
      }
    }),
  )
}

const replicas = [33, 97, 20, 64, 1, 150].map((leafCount, at) =>
  storedReplica(`vector ${at}`, leafCount),
)

/** Joins and drops that follow each other, each with what the chain is told and what it then holds. */
function changeVectors() {
  let tree = EMPTY_TREE
  const steps = [
    ...[0, 1, 2, 5, 9, 131_071].map((place, at) => ({ change: 'join', place, at })),
    ...[2, 0].map((place) => ({ change: 'drop', place, at: place })),
    { change: 'join', place: 0, at: 2 },
    ...[0, 1, 5, 9, 131_071].map((place, index) => ({
      change: 'drop',
      place,
      at: [2, 1, 3, 4, 5][index]!,
    })),
  ]
  return steps.map(({ change, place, at }) => {
    const { entry } = replicas[at]!
    tree = change === 'join' ? putEntry(tree, place, entry) : takeEntry(tree, place)
    return {
      change,
      ...entryFields(replicas[at]!),
      place,
      siblings: bytesToHex(pathOfPlace(tree, place)),
      after: treeFields(tree),
    }
  })
}

async function inspectionVectors() {
  const cases: Answered[] = []
  for (let height = 0; height <= 17; height++) {
    const places = height === 0 ? [0] : [2 ** (height - 1), 2 ** height - 1].slice(-height)
    cases.push(await answered(`a tree of height ${height}`, places, 2 + (height % 2)))
  }
  cases.push(await answered('one replica and nearly every region', [0], 16))
  cases.push(await answered('six replicas side by side', [0, 1, 2, 3, 4, 5], 10))
  cases.push(await answered('scattered replicas', [3, 17, 18, 40, 63, 500], 8))
  cases.push(await answered('an excused replica among others', [0, 1, 2, 3], 8, [1]))
  cases.push(await answered('excused replicas only', [0, 1], 3, [0, 1]))
  const valid = cases.map((one) => ({
    ...inspectionFields(one),
    isValid: true,
    reason: '',
  }))
  const changed = await changedAnswers(
    await answered('three replicas', [0, 1, 3], 3),
    await answered('three replicas, one excused', [0, 1, 3], 4, [1]),
  )
  const invalid = changed.map(({ reason, ...one }) => ({
    ...inspectionFields(one),
    isValid: false,
    reason,
  }))
  return [...valid, ...invalid]
}

/** The honest answer of a node whose replicas are at these places. */
async function answered(
  name: string,
  places: readonly number[],
  regions: number,
  excused: readonly number[] = [],
): Promise<Answered> {
  const stored = places.map((_, at) => replicas[at]!)
  const tree = places.reduce(
    (tree, place, at) => putEntry(tree, place, stored[at]!.entry),
    EMPTY_TREE,
  )
  const { mix, node, round, seed } = roundOfSize(name, tree, regions)
  const excusedIds = excused.map((at) => stored[at]!.entry.replicaId)
  const isExcused = (id: Uint8Array): boolean =>
    excusedIds.some((other) => Buffer.from(other).equals(id))
  const readLeaves = memoryReader(stored)
  const answer = await proveInspection({ tree, seed, isExcused, readLeaves })
  return { name, mix, node, round, seed, tree, stored, excusedIds, answer }
}

const inspectionFields = ({
  name,
  mix,
  node,
  round,
  seed,
  tree,
  excusedIds,
  answer,
}: Answered) => ({
  name,
  mix: bytesToHex(mix),
  node: String(node),
  round: String(round),
  seed: bytesToHex(seed),
  ...treeFields(tree),
  positions: samplePositions(seed, tree.totalLeaves).map(String),
  excused: excusedIds.map((id) => bytesToHex(id)),
  proof: bytesToHex(answer),
})

const treeFields = ({ root, totalLeaves, height }: SumTree) => ({
  root: bytesToHex(root),
  totalLeaves: String(totalLeaves),
  height,
})

const entryFields = ({ entry: { replicaId, root, leafCount } }: StoredReplica) => ({
  replicaId: bytesToHex(replicaId),
  root: bytesToHex(root),
  leafCount,
})

async function replicaVectors() {
  const honest = []
  for (const [at, stored] of replicas.entries()) {
    if (stored.entry.leafCount < 20) continue
    honest.push(await answeredReplica(stored, BigInt(at + 1), 2 + (at % 3)))
  }
  const [first, second] = honest as [(typeof honest)[0], (typeof honest)[0]]
  const flipped = first.answer.slice()
  flipped[1_000]! ^= 1
  const lies = [
    { name: 'a bit of a leaf is flipped', reason: 'BAD_LEAVES', answer: flipped },
    { name: 'a byte is missing', reason: 'BAD_LENGTH', answer: first.answer.slice(0, -1) },
    {
      name: 'a byte is left over',
      reason: 'BAD_LENGTH',
      answer: new Uint8Array([...first.answer, 0]),
    },
    { name: 'empty', reason: 'BAD_LENGTH', answer: new Uint8Array(0) },
    { name: "another replica's", reason: 'BAD_LEAVES', answer: second.answer },
  ].map((lie) => ({ ...first, ...lie }))
  return [...honest, ...lies].map(({ name, reason, mix, challengeId, seed, stored, answer }) => ({
    name,
    mix: bytesToHex(mix),
    challengeId: String(challengeId),
    seed: bytesToHex(seed),
    ...entryFields(stored),
    positions: samplePositions(seed, BigInt(stored.entry.leafCount)).map(String),
    proof: bytesToHex(answer),
    isValid: reason === '',
    reason,
  }))
}

async function answeredReplica(stored: StoredReplica, challengeId: bigint, regions: number) {
  const { entry } = stored
  const name = `a replica of ${entry.leafCount} leaves, ${regions} asked`
  for (let attempt = 0; ; attempt++) {
    const mix = bytesNamed(`mix ${attempt} of ${name}`, 32)
    const seed = extraSeed({ mix, replicaId: entry.replicaId, challengeId })
    if (sizeOfGroup(seed) !== regions) continue
    const answer = await proveReplicaInspection({ entry, seed, readLeaves: memoryReader([stored]) })
    return { name, reason: '', mix, challengeId, seed, stored, answer }
  }
}

if (import.meta.main) {
  writeFileSync(VECTORS_FILE, `${JSON.stringify(await makeInspectionVectors(), null, 2)}\n`)
}
