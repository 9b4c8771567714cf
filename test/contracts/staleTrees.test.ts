import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { DAY_SECONDS } from '../../src/protocol/params.ts'
import { eventNames, type Outcome, succeeded } from '../helpers/contractBench.ts'
import { InspectionBench, type JoinedReplica } from '../helpers/inspectionBench.ts'

const ROUND_SLOTS = 10n
const DEAD = 13
const LIVE = 87

let bench: InspectionBench
let dead: JoinedReplica
let live: JoinedReplica
beforeEach(async () => {
  bench = await InspectionBench.create()
  dead = await bench.joined(0, DEAD)
  live = await bench.joined(0, LIVE)
  await bench.passed(0)
  await bench.nextBlock(ROUND_SLOTS)
  succeeded(await bench.replicas.release([dead.id]))
})

const endRound = () => bench.endBlock({ slots: ROUND_SLOTS })

const argsOf = ({ events }: Outcome, name: string): unknown[] => [
  ...events.find((event) => event.name === name)!.args,
]

describe('a tree of which more than an eighth is dead', () => {
  test('is not asked about, proves nothing and counts for nothing in the window', async () => {
    const proven = (await bench.view('provenSince', live.id)) as bigint
    const { round } = await roundNow()
    const seen = bench.bench.time
    const outcome = await endRound()
    assert.deepEqual(eventNames(outcome), ['TreeStale'])
    assert.deepEqual(argsOf(outcome, 'TreeStale'), [0n, round + 1n, 13n, 100n, seen])
    assert.equal(await bench.view('openChallengeOf', 0), 0n)
    assert.equal(await bench.view('windowLeaves', 0), BigInt(DEAD + LIVE) / 2n)
    const { settled } = await bench.tree(0)
    assert.equal(settled, seen)
    succeeded(await bench.drop(0, dead))
    await bench.passed(0)
    assert.equal(await bench.view('provenSince', live.id), proven + bench.bench.time - seen)
  })

  test('has no strike for a day, however many rounds go by, and its farmer can drop all the while', async () => {
    for (let round = 0; round < 20; round++) {
      assert.deepEqual(eventNames(await endRound()), ['TreeStale'])
    }
    assert.equal((await bench.tree(0)).strikes, 0n)
    succeeded(await bench.drop(0, dead))
    await bench.passed(0)
  })

  test('has a strike in each round after a day, and is out with the third', async () => {
    const since = bench.bench.time
    await endRound()
    bench.bench.time = since + DAY_SECONDS - 1n
    assert.deepEqual(eventNames(await endRound()), ['TreeStale'])
    bench.bench.time = since + DAY_SECONDS
    const outcome = await endRound()
    assert.deepEqual(eventNames(outcome), ['TreeStale', 'Struck'])
    assert.deepEqual(argsOf(outcome, 'Struck'), [0n, 0n, 1n])
    assert.equal(argsOf(outcome, 'TreeStale')[4], since)
    await endRound()
    assert.ok(eventNames(await endRound()).includes('Discharged'))
  })

  test('has another day once it was asked about in between', async () => {
    await endRound()
    succeeded(await bench.drop(0, dead))
    await bench.passed(0)
    bench.bench.time += 2n * DAY_SECONDS
    const again = await bench.joined(0, DEAD)
    succeeded(await bench.replicas.release([again.id]))
    await bench.nextBlock(ROUND_SLOTS)
    const seen = bench.bench.time
    const outcome = await endRound()
    assert.deepEqual(eventNames(outcome), ['TreeStale'])
    assert.equal(argsOf(outcome, 'TreeStale')[4], seen)
  })
})

test('a tree of which an eighth is dead or less is asked about as ever', async () => {
  // 12 of 96 leaves.
  succeeded(await bench.drop(0, dead))
  const other = await bench.joined(0, 12)
  await bench.join(0, await bench.registered(0, 12))
  const { totalLeaves } = await bench.tree(0)
  assert.equal(totalLeaves, 111n)
  succeeded(await bench.replicas.release([other.id]))
  await bench.nextBlock()
  for (let round = 0; round < 2; round++) {
    const id = await bench.challenged(0)
    succeeded(await bench.answer(id, await bench.prove(id, [other.id])))
    await endRound()
  }
  assert.equal((await bench.tree(0)).strikes, 0n)
})

async function roundNow(): Promise<{ round: bigint }> {
  const [round] = (await bench.bench.send('Inspections', 'schedule')).result as bigint[]
  return { round: round! }
}
