import type { InspectionErrorCode } from '../../src/spor/inspectionErrors.ts'
import { encodeReplicaAnswer } from '../../src/spor/inspectionProof.ts'
import { scheduledSeed } from '../../src/spor/inspectionSeed.ts'
import { sampledReplicas } from '../../src/spor/proveInspection.ts'
import { growTo, pathOfPlace, type SumTree } from '../../src/spor/sumTree.ts'
import { memoryReader, type StoredReplica } from './inspectionBench.ts'

/** A challenge of a node with the bytes that came in answer. */
export interface Answered {
  name: string
  mix: Uint8Array
  node: bigint
  round: bigint
  seed: Uint8Array
  tree: SumTree
  stored: readonly StoredReplica[]
  excusedIds: readonly Uint8Array[]
  answer: Uint8Array
}

/** An answer that has to be refused, and with which code. */
export interface RefusedAnswer extends Answered {
  reason: InspectionErrorCode
}

/** Every kind of false answer, made from an honest one with live replicas only and one with an excused replica. */
export async function changedAnswers(
  live: Answered,
  withExcused: Answered,
): Promise<RefusedAnswer[]> {
  const parts = await partsOf(live, () => false)
  const excusedKeys = withExcused.excusedIds.map(keyOf)
  const truthful = await partsOf(withExcused, (id) => excusedKeys.includes(keyOf(id)))
  const [first, second] = parts as [Uint8Array, Uint8Array]
  const unasked = live.tree.height * 40 + 73
  const excusing = await partsOf(live, (id) => keyOf(id) === idKeyOf(first))
  const showing = await partsOf(withExcused, () => false)
  const refused = (
    name: string,
    reason: InspectionErrorCode,
    answer: Uint8Array,
    of: Answered = live,
  ): RefusedAnswer => ({ ...of, name, reason, answer })
  const flipped = (name: string, at: number, reason: InspectionErrorCode): RefusedAnswer =>
    refused(`a bit of the ${name} is flipped`, reason, withFlip(live.answer, at))
  return [
    flipped('replica id', 1, 'BAD_PATH'),
    flipped('replica root', 33, 'BAD_PATH'),
    flipped('leaf count', 68, 'BAD_PATH'),
    flipped('place', 72, 'BAD_PATH'),
    flipped("sibling's sum", 80, 'BAD_PATH'),
    flipped("sibling's hash", 90, 'BAD_PATH'),
    flipped('leaf', unasked + 500, 'BAD_LEAVES'),
    flipped('last hash', live.answer.length - 1, 'BAD_LEAVES'),
    refused('a flag that is neither', 'BAD_FLAG', withByte(live.answer, 0, 2)),
    refused('a place beyond the tree', 'BAD_PLACE', withByte(live.answer, 69, 0x80)),
    refused('a replica without leaves', 'BAD_ENTRY', withZeros(live.answer, 65, 4)),
    refused("a sibling's sum that overflows", 'BAD_PATH', withOnes(live.answer, 73, 8)),
    refused('empty', 'BAD_LENGTH', new Uint8Array(0)),
    refused('the last byte is missing', 'BAD_LENGTH', live.answer.slice(0, -1)),
    refused('a byte is left over', 'BAD_LENGTH', concat(live.answer, new Uint8Array(1))),
    refused('the first replica only', 'BAD_LENGTH', first),
    refused('the first replica is left out', 'WRONG_REPLICA', concat(...parts.slice(1))),
    refused(
      'two replicas change places',
      'WRONG_REPLICA',
      concat(second, first, ...parts.slice(2)),
    ),
    refused('a replica comes twice', 'WRONG_REPLICA', concat(first, ...parts)),
    refused('a live replica is excused', 'BAD_FLAG', concat(...excusing)),
    refused('an excused replica is shown', 'BAD_FLAG', concat(...showing), withExcused),
    refused(
      'an excused replica is left out',
      'WRONG_REPLICA',
      concat(...truthful.filter((part) => part[0] === 0)),
      withExcused,
    ),
    {
      ...withSeed(live, { node: live.node + 1n }),
      name: "another node's",
      reason: 'BAD_LEAVES',
    },
    {
      ...withSeed(live, { round: live.round + 1n }),
      name: "another round's",
      reason: 'BAD_LENGTH',
    },
    {
      ...withSeed(live, { mix: withFlip(live.mix, 0) }),
      name: "another fork's",
      reason: 'BAD_LEAVES',
    },
    {
      ...live,
      tree: growTo(live.tree, live.tree.height + 1),
      name: 'a grown tree',
      reason: 'BAD_PATH',
    },
  ]
}

const keyOf = (id: Uint8Array): string => Buffer.from(id).toString('hex')

const idKeyOf = (part: Uint8Array): string => keyOf(part.subarray(1, 33))

/** The answer replica by replica, with any of them excused. */
async function partsOf(
  { tree, seed, stored }: Answered,
  isExcused: (id: Uint8Array) => boolean,
): Promise<Uint8Array[]> {
  const readLeaves = memoryReader(stored)
  return Promise.all(
    sampledReplicas(tree, seed).map(async ({ entry, place, indices }) =>
      encodeReplicaAnswer({
        entry,
        place,
        siblings: pathOfPlace(tree, place),
        proof: isExcused(entry.replicaId) ? undefined : await readLeaves({ entry, indices }),
      }),
    ),
  )
}

function withSeed(
  answered: Answered,
  change: Partial<Pick<Answered, 'mix' | 'node' | 'round'>>,
): Answered {
  const changed = { ...answered, ...change }
  return { ...changed, seed: scheduledSeed(changed) }
}

const concat = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts))

const withFlip = (bytes: Uint8Array, at: number): Uint8Array => withByte(bytes, at, bytes[at]! ^ 1)

function withByte(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const changed = bytes.slice()
  changed[at] = value
  return changed
}

const withZeros = (bytes: Uint8Array, at: number, count: number): Uint8Array =>
  bytes.slice().fill(0, at, at + count)

const withOnes = (bytes: Uint8Array, at: number, count: number): Uint8Array =>
  bytes.slice().fill(0xff, at, at + count)
