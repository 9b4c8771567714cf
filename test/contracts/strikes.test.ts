import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { systemContractAddress } from '../../src/protocol/addresses.ts'
import { DAY_SECONDS, GNX } from '../../src/protocol/params.ts'
import {
  ALICE,
  assertReverted,
  BOB,
  checksum,
  type Outcome,
  succeeded,
} from '../helpers/contractBench.ts'
import { InspectionBench, SYSTEM } from '../helpers/inspectionBench.ts'
import { FARMERS, TERM_SECONDS } from '../helpers/replicaBench.ts'

const OWNER = FARMERS[0]!.address
const SENTINEL_GROUPS = systemContractAddress('SentinelGroups')
const MINIMUM_STAKE = 5_000n * GNX

let bench: InspectionBench
beforeEach(async () => {
  bench = await InspectionBench.create()
})

const strikes = async (node = 0): Promise<bigint> => (await bench.tree(node)).strikes!

const argsOf = ({ events }: Outcome, name: string): unknown[] => [
  ...events.find((event) => event.name === name)!.args,
]

const isActive = async (node: number): Promise<boolean> =>
  ((await bench.bench.view('Nodes', 'nodeOf', node)) as unknown[])[1] as boolean

const strikeByOwner = (node: number) => bench.call('strike', [node], SENTINEL_GROUPS)

describe('a strike', () => {
  test('is for a challenge that nobody answered in time', async () => {
    await bench.joined(0, 33)
    const id = await bench.challenged(0)
    const outcome = await bench.missed(0)
    assert.deepEqual(argsOf(outcome, 'Struck'), [0n, id, 1n])
    assert.equal(await strikes(), 1n)
    const inspections = (await bench.bench.send('Inspections', 'inspectionsOf', [0])).result[0]
    assert.deepEqual(inspections, [0n, 1n, 0n])
  })

  test('is cleared by a pass', async () => {
    await bench.joined(0, 33)
    for (let time = 0; time < 2; time++) {
      await bench.missed(0)
      await bench.missed(0)
      assert.equal(await strikes(), 2n)
      await bench.passed(0)
      assert.equal(await strikes(), 0n)
    }
    assert.equal(await isActive(0), true)
  })

  test('proves no time and clears no other node’s', async () => {
    for (const node of [0, 1]) await bench.joined(node, 33)
    succeeded(await strikeByOwner(1))
    await bench.passed(0)
    assert.equal(await strikes(1), 1n)
    const { proven } = await bench.tree(0)
    await bench.missed(0)
    assert.equal((await bench.tree(0)).proven, proven)
  })

  test('is not for a deadline that passed while most slots had no block', async () => {
    await bench.joined(0, 33)
    const id = await bench.challenged(0)
    await bench.endBlock({ slots: 30n })
    const outcome = await bench.endBlock()
    assert.deepEqual(argsOf(outcome, 'ChallengeVoided'), [0n, id])
    assert.equal(await strikes(), 0n)
    assert.notEqual(await bench.view('openChallengeOf', 0), id)
  })

  test('is for a deadline that passed while a few slots had no block', async () => {
    await bench.joined(0, 33)
    await bench.challenged(0)
    await bench.endBlock({ slots: 2n })
    await bench.missed(0)
    assert.equal(await strikes(), 1n)
  })

  test('is for the first failure in a round only, whatever else fails in it', async () => {
    const replicas = []
    for (let count = 0; count < 2; count++) replicas.push(await bench.registered(0, 20))
    await bench.joined(0, 33)
    for (const { id } of replicas) succeeded(await bench.call('challenge', [id], BOB, GNX))
    const told: unknown[] = []
    for (let block = 0; block < 9; block++) {
      const { events } = await bench.endBlock()
      told.push(...events.filter(({ name }) => name === 'Struck').map(({ args }) => args.strikes))
    }
    assert.deepEqual(told, [1n, 1n, 1n])
    assert.equal(await strikes(), 1n)
    await bench.missed(0)
    assert.equal(await strikes(), 2n)
  })

  test('may come from the owners’ sentinels, through their contract alone', async () => {
    await bench.joined(0, 33)
    assertReverted(await bench.call('strike', [0], ALICE), 'OnlyContract')
    const outcome = succeeded(await strikeByOwner(0))
    assert.deepEqual(argsOf(outcome, 'Struck'), [0n, 0n, 1n])
  })
})

describe('three strikes in a row', () => {
  const discharged = async (): Promise<Outcome> => {
    await bench.missed(0)
    await bench.missed(0)
    return bench.missed(0)
  }

  test('discharge the node and burn the stake it stood on', async () => {
    await bench.joined(0, 33)
    const staked = (await bench.bench.view('Staking', 'stakeOf', OWNER)) as bigint
    const outcome = await discharged()
    assert.deepEqual(argsOf(outcome, 'Discharged'), [0n, checksum(OWNER), MINIMUM_STAKE])
    assert.equal(await bench.bench.view('Staking', 'stakeOf', OWNER), staked - MINIMUM_STAKE)
    assert.equal(await isActive(0), false)
    assert.equal(await bench.bench.view('Nodes', 'activeNodeCountOf', OWNER), 0n)
    const { root, totalLeaves, paidLeaves } = await bench.tree(0)
    assert.equal(root, `0x${'00'.repeat(32)}`)
    assert.deepEqual([totalLeaves, paidLeaves], [0n, 0n])
  })

  test('end what the node counts for, and nothing is asked of it any more', async () => {
    const replica = await bench.joined(0, 33)
    await bench.passed(0)
    assert.equal(await bench.view('windowLeaves', 0), 33n)
    await discharged()
    assert.equal(await bench.view('windowLeaves', 0), 0n)
    for (let block = 0; block < 12; block++) assert.equal((await bench.endBlock()).acted, false)
    succeeded(await strikeByOwner(0))
    const change = bench.changeFor(0, replica, 1)
    assertReverted(await bench.call('join', [0, [change]], OWNER), 'NodeClosed', 0n)
  })

  test('leave what was proven to be paid, and the rest to go back, by anyone’s release', async () => {
    const { id } = await bench.joined(0, 33)
    await bench.passed(0)
    const proven = (await bench.view('provenSince', id)) as bigint
    assert.ok(proven > 0n)
    await discharged()
    assert.equal(await bench.view('provenSince', id), proven)
    const view = (await bench.replicas.view('replicaOf', id)) as bigint[]
    const earned = view[8]!
    assert.ok(earned > 0n)
    const outcome = succeeded(await bench.replicas.release([id], { from: BOB }))
    assert.equal(argsOf(outcome, 'ReplicaReleased')[4], earned)
    assert.equal(await bench.view('provenSince', id), 0n)
  })

  test('count whichever way they came', async () => {
    await bench.joined(0, 33)
    await bench.missed(0)
    await bench.endBlock({ slots: 10n })
    await bench.endBlock()
    succeeded(await strikeByOwner(0))
    assert.equal(await strikes(), 2n)
    await bench.nextBlock(10n)
    const id = await bench.challenged(0)
    const outcome = succeeded(await strikeByOwner(0))
    assert.deepEqual(argsOf(outcome, 'ChallengeVoided'), [0n, id])
    assert.equal(await isActive(0), false)
    for (let block = 0; block < 8; block++) assert.deepEqual((await bench.endBlock()).events, [])
  })

  test('give back the bonds of extra challenges that were pending', async () => {
    const { id } = await bench.joined(0, 33)
    await bench.missed(0)
    await bench.missed(0)
    await bench.challenged(0)
    succeeded(await bench.call('challenge', [id], BOB, GNX))
    await bench.missed(0)
    assert.equal(await bench.view('creditOf', BOB), GNX)
    assertReverted(await bench.call('challenge', [id], BOB, GNX), 'NodeClosed', 0n)
  })
})

describe('what passes prove', () => {
  test('is the time since the challenge before, of each replica since it joined', async () => {
    const first = await bench.joined(0, 33)
    const start = bench.bench.time
    await bench.passed(0)
    const passed = bench.bench.time
    assert.equal(await bench.view('provenSince', first.id), passed - start)
    await bench.endBlocks(3)
    const second = await bench.joined(0, 20)
    const joined = bench.bench.time
    assert.equal(await bench.view('provenSince', second.id), 0n)
    await bench.passed(0)
    assert.equal(await bench.view('provenSince', first.id), bench.bench.time - start)
    assert.equal(await bench.view('provenSince', second.id), bench.bench.time - joined)
  })

  test('never falls, and strikes leave their time out', async () => {
    const { id } = await bench.joined(0, 33)
    await bench.passed(0)
    const proven = (await bench.view('provenSince', id)) as bigint
    await bench.missed(0)
    assert.equal(await bench.view('provenSince', id), proven)
    const { settled } = await bench.tree(0)
    await bench.passed(0)
    assert.equal(await bench.view('provenSince', id), proven + bench.bench.time - settled!)
  })

  test('is for no replica less because it joined before a strike', async () => {
    const first = await bench.joined(0, 33)
    await bench.passed(0)
    await bench.nextBlock(5n)
    const second = await bench.joined(0, 20)
    await bench.missed(0)
    const { settled } = await bench.tree(0)
    assert.equal(await bench.view('provenSince', second.id), 0n)
    const before = (await bench.view('provenSince', first.id)) as bigint
    await bench.passed(0)
    const seconds = bench.bench.time - settled!
    assert.equal(await bench.view('provenSince', second.id), seconds)
    assert.equal(await bench.view('provenSince', first.id), before + seconds)
    const third = await bench.joined(0, 20)
    const joined = bench.bench.time
    await bench.passed(0)
    assert.equal(await bench.view('provenSince', third.id), bench.bench.time - joined)
  })

  test('is not the time in which the tree was too small to be asked about', async () => {
    const small = await bench.joined(0, 19)
    await bench.endBlocks(30)
    const last = await bench.joined(0, 1)
    const joined = bench.bench.time
    await bench.passed(0)
    for (const { id } of [small, last]) {
      assert.equal(await bench.view('provenSince', id), bench.bench.time - joined)
    }
  })

  test('is nothing for a replica that did not join', async () => {
    await bench.joined(0, 33)
    const { id } = await bench.registered(0, 20)
    await bench.passed(0)
    assert.equal(await bench.view('provenSince', id), 0n)
  })

  test('counts paid leaves alone, in the window and in the chain’s total', async () => {
    await bench.joined(0, 40, 10n ** 14n)
    await bench.joined(0, 60, 1n)
    await bench.passed(0)
    assert.equal(await bench.view('windowLeaves', 0), 40n)
    assert.equal(await bench.view('totalInspections'), 40n * 1_024n)
    await bench.missed(0)
    assert.equal(await bench.view('windowLeaves', 0), 20n)
    assert.equal(await bench.view('totalInspections'), 40n * 1_024n)
  })

  test('counts no leaves whose term is over, though they stand in the tree until someone releases them', async () => {
    const { id } = await bench.joined(0, 40)
    await bench.passed(0)
    assert.equal(await bench.view('totalInspections'), 40n * 1_024n)
    bench.bench.time += TERM_SECONDS + DAY_SECONDS
    await bench.nextBlock(10n)
    succeeded(await bench.bench.call('Heft', 'sync', [], { from: SYSTEM, gasLimit: 200_000_000n }))
    assert.equal((await bench.tree(0)).paidLeaves, 40n)
    const outcome = await bench.passed(0)
    assert.equal(argsOf(outcome, 'Passed')[2], 0n)
    assert.equal(await bench.view('totalInspections'), 40n * 1_024n)
    succeeded(await bench.replicas.release([id], { from: BOB }))
    assert.equal((await bench.tree(0)).deadLeaves, 40n)
  })

  test('counts over 24 rounds, and rounds with too small a tree count nothing', async () => {
    const replica = await bench.joined(0, 48)
    await bench.passed(0)
    await bench.nextBlock(9n)
    succeeded(await bench.replicas.release([replica.id]))
    succeeded(await bench.drop(0, replica))
    for (let round = 2n; round <= 24n; round++) {
      await bench.endBlock({ slots: 10n })
      assert.equal(await bench.view('windowLeaves', 0), 48n / round)
    }
    await bench.endBlock({ slots: 10n })
    assert.equal(await bench.view('windowLeaves', 0), 0n)
  })
})
