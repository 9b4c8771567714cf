import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { SimpleStateManager } from '@ethereumjs/statemanager'
import { bytesToHex } from '@ethereumjs/util'
import { systemContractAddress } from '../../src/protocol/addresses.ts'
import { allActiveNodeCountKey, inspectionsKey, nodeCountKey } from '../../src/protocol/slots.ts'
import { decodeInspectionsWord } from '../../src/protocol/words.ts'
import { scheduledSeed } from '../../src/spor/inspectionSeed.ts'
import { assertReverted, eventNames, type Outcome } from '../helpers/contractBench.ts'
import { InspectionBench } from '../helpers/inspectionBench.ts'
import { putTree } from '../helpers/inspectionState.ts'
import { FARMERS } from '../helpers/replicaBench.ts'

const PERIOD_SLOTS = 10n

let bench: InspectionBench
beforeEach(async () => {
  bench = await InspectionBench.create()
})

const snapshotsOf = ({ events }: Outcome): bigint[] =>
  events.filter(({ name }) => name === 'Snapshotted').map(({ args }) => args.node)

const roundNow = async () => {
  const [round, start, length] = (await bench.bench.send('Inspections', 'schedule')).result as [
    bigint,
    bigint,
    bigint,
  ]
  return { round, start, length }
}

/** As many nodes as told, each with a tree that nobody can answer for. */
async function putNodes(count: number): Promise<void> {
  await bench.bench.putSystemStorage('Nodes', nodeCountKey, BigInt(count))
  await bench.bench.putSystemStorage('Nodes', allActiveNodeCountKey, BigInt(count))
  for (let node = 0n; node < BigInt(count); node++) {
    await putTree(bench.bench, node, { root: 1n, totalLeaves: 100n, height: 1n })
  }
  await bench.bench.putSystemStorage('Inspections', inspectionsKey, BigInt(count) << 128n)
}

const pendingWork = async (): Promise<bigint> => {
  const { stateManager } = bench.bench.evm
  const word = await stateManager.getStorage(systemContractAddress('Inspections'), inspectionsKey)
  return decodeInspectionsWord(word).pendingWork
}

/** How many words of storage Inspections has in use. */
async function wordsOfInspections(): Promise<number> {
  const { stateManager } = bench.bench.evm
  assert.ok(stateManager instanceof SimpleStateManager)
  const owner = systemContractAddress('Inspections').toString()
  const [words] = stateManager.storageStack.slice(-1)
  return [...words!].filter(([key, { length }]) => key.startsWith(owner) && length > 0).length
}

describe('a round', () => {
  test('asks every node with enough leaves once, in the slot its index gives', async () => {
    for (const node of [0, 1, 3]) await bench.joined(node, 20)
    await bench.joined(4, 19)
    const start = bench.slot
    for (let slot = start; slot < start + 2n * PERIOD_SLOTS; slot++) {
      const offset = (slot - start) % PERIOD_SLOTS
      const asked = snapshotsOf(await bench.endBlock())
      assert.deepEqual(asked, [0n, 1n, 3n].includes(offset) ? [offset] : [], `slot ${slot}`)
      for (const node of [0, 1, 3]) {
        const id = (await bench.view('openChallengeOf', node)) as bigint
        if (id === 0n || (await bench.challenge(id)).deadlineSlot === 0n) continue
        await bench.answer(id, await bench.prove(id))
      }
    }
    assert.deepEqual(await roundNow(), { round: 2n, start: start + PERIOD_SLOTS, length: 10n })
  })

  test('is as long as there are active nodes, when those are more than its shortest slots', async () => {
    await putNodes(57)
    await bench.endBlock()
    assert.equal((await roundNow()).length, 57n)
  })

  test('has enough slots to visit all nodes that were ever registered', async () => {
    await bench.joined(0, 20)
    await bench.bench.putSystemStorage('Nodes', nodeCountKey, 128n * 500n)
    await bench.endBlock()
    assert.equal((await roundNow()).length, 500n)
  })

  test('that nobody saw is skipped, and what fell due in it is not made up for', async () => {
    await bench.joined(2, 20)
    await bench.endBlock({ slots: 35n })
    assert.deepEqual(snapshotsOf(await bench.endBlock()), [2n])
    assert.deepEqual(await roundNow(), { round: 4n, start: 31n, length: 10n })
  })

  test('makes up for slots without a block within it', async () => {
    for (const node of [1, 2, 5]) await bench.joined(node, 20)
    await bench.endBlock({ slots: 3n })
    assert.deepEqual(snapshotsOf(await bench.endBlock({ slots: 2n })), [1n, 2n])
    assert.deepEqual(snapshotsOf(await bench.endBlock()), [5n])
  })

  test('that ended while slots had no block is finished in the first block of the next one', async () => {
    await bench.joined(5, 20)
    await bench.endBlock({ slots: 12n })
    const outcome = await bench.endBlock({ slots: 3n })
    assert.deepEqual(snapshotsOf(outcome), [5n])
    assert.equal(outcome.events[0]!.args.round, 1n)
    assert.deepEqual(await roundNow(), { round: 2n, start: 11n, length: 10n })
    assert.deepEqual(snapshotsOf(await bench.endBlock()), [])
  })

  test('leaves out a node whose challenge is still pending', async () => {
    await bench.joined(0, 20)
    await bench.endBlock()
    for (let block = 0; block < 9; block++) await bench.endBlock({ laneFull: true })
    const outcome = await bench.endBlock({ laneFull: true })
    assert.deepEqual(eventNames(outcome), ['AnswerLaneFull'])
    assert.equal(await bench.view('openChallengeOf', 0), 1n)
  })
})

describe('a block', () => {
  test('takes at most 32 snapshots; what overflows comes in the next ones, without strikes', async () => {
    await putNodes(100)
    await bench.endBlock({ slots: 99n })
    const asked = []
    for (let block = 0; block < 4; block++) asked.push(snapshotsOf(await bench.step()).length)
    assert.deepEqual(asked, [32, 32, 32, 3])
  })

  test('needs a small part of its gas for the step, whatever is due', async () => {
    await putNodes(300)
    await bench.endBlock({ slots: 299n })
    for (let block = 0; block < 9; block++) {
      const { executionGas } = await bench.endBlock()
      assert.ok(executionGas < 10_000_000n, `${executionGas} gas`)
    }
  })

  test('whose round is over asks who fits in it yet, goes on with the next, and the rest has no strike', async () => {
    await putNodes(100)
    await bench.endBlock({ slots: 99n })
    await bench.endBlock()
    const { round } = await roundNow()
    const last = Array.from({ length: 32 }, (_, index) => BigInt(33 + index))
    assert.deepEqual(snapshotsOf(await bench.step()), last)
    assert.equal((await roundNow()).round, round + 1n)
    assert.deepEqual(snapshotsOf(await bench.step()), [])
    assert.equal((await bench.tree(99)).strikes, 0n)
    assert.equal((await bench.tree(99)).frozenBy, 0n)
  })

  test('opens and settles all that came in with one block', async () => {
    await putNodes(40)
    await bench.endBlock({ slots: 39n })
    assert.equal(snapshotsOf(await bench.endBlock()).length, 32)
    const counts = []
    for (let block = 0; block < 9; block++) {
      const names = eventNames(await bench.endBlock())
      const count = (name: string) => names.filter((one) => one === name).length
      counts.push([count('ChallengeOpened'), count('Struck')])
    }
    // The first node was asked by itself, one block before the others.
    const some = counts.filter(([opened, struck]) => opened! + struck! > 0)
    assert.deepEqual(some, [
      [1, 0],
      [32, 0],
      [7, 0],
      [0, 1],
      [0, 32],
      [0, 7],
    ])
  })

  test('without anything due has no step, and one with a challenge may have none either', async () => {
    await bench.joined(0, 20)
    const acted = []
    for (let block = 0; block < 12; block++) acted.push((await bench.endBlock()).acted)
    const snapshot = [true, false, true]
    const open = [false, false, false, false, false, true, false]
    assert.deepEqual(acted, [...snapshot, ...open, true, false])
  })
})

describe('a challenge', () => {
  test('opens two blocks after its snapshot, with a seed of that block’s beacon value', async () => {
    await bench.joined(0, 20)
    const slot = bench.slot
    const [snapshot] = (await bench.endBlock()).events
    assert.equal(snapshot!.name, 'Snapshotted')
    const { root } = await bench.tree(0)
    assert.deepEqual([...snapshot!.args], [0n, 1n, 1n, root, 20n])
    assert.deepEqual((await bench.endBlock({ slots: 2n })).events, [])
    const mix = bench.bench.mix
    const seed = bytesToHex(scheduledSeed({ mix, node: 0n, round: 1n }))
    const outcome = await bench.endBlock()
    const opened = outcome.events.find(({ name }) => name === 'ChallengeOpened')!
    const deadlineSlot = slot + 3n + 5n
    const noReplica = `0x${'00'.repeat(32)}`
    assert.deepEqual([...opened.args], [0n, 1n, noReplica, seed, deadlineSlot])
    assert.equal((await bench.challenge(1n)).deadlineSlot, deadlineSlot)
  })

  test('that is unknown, answered or settled has no view', async () => {
    const gone = async (id: bigint) =>
      assertReverted(await bench.bench.call('Inspections', 'challengeOf', [id]), 'UnknownChallenge')
    await gone(1n)
    await bench.joined(0, 20)
    await bench.passed(0)
    await gone(1n)
    await bench.missed(0)
    await gone(2n)
  })

  test('and its answer leave nothing in storage but the window, a word for four rounds', async () => {
    await bench.joined(0, 20)
    const passFour = async () => {
      for (let round = 0; round < 4; round++) {
        await bench.passed(0)
        await bench.endBlock({ slots: PERIOD_SLOTS - 3n })
      }
      return wordsOfInspections()
    }
    const filled = await passFour()
    assert.equal(await passFour(), filled + 1)
  })
})

test('a replica takes one word, and its farmer’s tree none more than before', async () => {
  await bench.joined(0, 20)
  const before = await wordsOfInspections()
  for (let count = 0; count < 3; count++) await bench.joined(0, 20)
  assert.equal(await wordsOfInspections(), before + 3)
})

test('work is pending exactly while the schedule has something to visit or to wait for', async () => {
  assert.equal(await pendingWork(), 0n)
  const replica = await bench.joined(0, 20)
  assert.equal(await pendingWork(), 1n)
  await bench.endBlock()
  assert.equal(await pendingWork(), 2n)
  await bench.passed(0)
  assert.equal(await pendingWork(), 1n)
  await bench.replicas.release([replica.id])
  await bench.drop(0, replica)
  // What it proved still counts, and fades with the rounds.
  assert.equal(await pendingWork(), 1n)
  for (let round = 0; round < 25; round++) await bench.endBlock({ slots: PERIOD_SLOTS })
  assert.equal(await bench.view('windowLeaves', 0), 0n)
  assert.equal(await pendingWork(), 0n)
})

test('the step is the protocol’s alone', async () => {
  for (const { address } of FARMERS.slice(0, 1)) {
    assertReverted(await bench.call('step', [false], address), 'OnlySystem')
  }
})
