import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { Address } from '@ethereumjs/util'
import { systemContractAddress } from '../../src/protocol/addresses.ts'
import { GNX } from '../../src/protocol/params.ts'
import { systemContractInterface } from '../../src/protocol/systemContracts.ts'
import { extraSeed } from '../../src/spor/inspectionSeed.ts'
import {
  ALICE,
  account,
  assertReverted,
  BOB,
  checksum,
  encodeCall,
  eventNames,
  succeeded,
} from '../helpers/contractBench.ts'
import { compileFixture } from '../helpers/fixtureContracts.ts'
import { InspectionBench, type JoinedReplica } from '../helpers/inspectionBench.ts'
import { BUCKET, FARMERS } from '../helpers/replicaBench.ts'

const OWNER = FARMERS[0]!.address
const INSPECTIONS = systemContractAddress('Inspections')
const ZERO = new Address(new Uint8Array(20))

let bench: InspectionBench
beforeEach(async () => {
  bench = await InspectionBench.create()
})

const challenge = (id: string, value = GNX, from = BOB) =>
  bench.call('challenge', [id], from, value)

/** Challenges a replica for a bond and gives the challenge's id. */
const challenged = async (id: string): Promise<bigint> =>
  succeeded(await challenge(id)).result[0] as bigint

const credit = (account = BOB) => bench.view('creditOf', account)

/** A replica whose bytes the farmer has, though it did not join. */
async function storedOnly(node: number, leafCount: number): Promise<JoinedReplica> {
  const replica = await bench.registered(node, leafCount)
  bench.stored[node]!.set(1_000, replica)
  return replica
}

/** Challenges replicas one after another, as few as a block takes. */
async function challengedOnePerBlock(ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    await bench.nextBlock()
    await challenged(id)
  }
}

describe('an extra challenge', () => {
  test('opens two blocks later with its own seed, and a pass gives the farmer half the bond', async () => {
    const { id: replicaId } = await bench.joined(0, 33)
    const outcome = succeeded(await challenge(replicaId))
    const id = outcome.result[0] as bigint
    assert.deepEqual([...outcome.events[0]!.args], [0n, id, replicaId, checksum(BOB), GNX])
    assert.deepEqual(await bench.view('extraChallengesOf', 0), [id])
    await bench.endBlocks(2)
    const { mix } = bench.bench
    await bench.endBlock()
    const { seed } = await bench.challenge(id)
    const bytes = Buffer.from(replicaId.slice(2), 'hex')
    assert.deepEqual(seed, extraSeed({ mix, replicaId: bytes, challengeId: id }))
    const answered = succeeded(await bench.answer(id, await bench.prove(id)))
    assert.deepEqual([...answered.events[0]!.args], [0n, id, 0n])
    assert.deepEqual([await credit(), await credit(OWNER)], [0n, GNX / 2n])
    assert.deepEqual(await bench.view('extraChallengesOf', 0), [])
  })

  test('that is passed burns the other half, so that nobody challenges itself for nothing', async () => {
    const { id: replicaId } = await storedOnly(0, 20)
    await bench.bench.fund(OWNER, GNX)
    const burned = await bench.bench.balanceOf(ZERO)
    const id = succeeded(await challenge(replicaId, GNX, OWNER)).result[0] as bigint
    await bench.endBlocks(3)
    const outcome = succeeded(await bench.answer(id, await bench.prove(id)))
    const { args } = outcome.events.find(({ name }) => name === 'BondBurned')!
    assert.deepEqual([...args], [id, GNX / 2n])
    assert.equal(await bench.bench.balanceOf(ZERO), burned + GNX / 2n)
    succeeded(await bench.call('withdrawCredit', [], OWNER))
    assert.equal(await bench.bench.balanceOf(OWNER), GNX / 2n)
    assert.equal(await bench.bench.balanceOf(INSPECTIONS), 0n)
  })

  test('asks for a replica that did not join as well', async () => {
    const id = await challenged((await storedOnly(0, 20)).id)
    await bench.endBlocks(3)
    succeeded(await bench.answer(id, await bench.prove(id)))
    assert.equal(await credit(OWNER), GNX / 2n)
  })

  test('that is passed counts for nothing else: no inspections, no time, no strikes cleared', async () => {
    const { id: replicaId } = await storedOnly(0, 33)
    succeeded(await bench.call('strike', [0], systemContractAddress('SentinelGroups')))
    const before = await bench.tree(0)
    const id = await challenged(replicaId)
    await bench.endBlocks(3)
    succeeded(await bench.answer(id, await bench.prove(id)))
    assert.deepEqual(await bench.tree(0), before)
    assert.equal(await bench.view('totalInspections'), 0n)
    assert.equal(await bench.view('windowLeaves', 0), 0n)
  })

  test('that is not answered gives the bond back, ends the replica and is a strike', async () => {
    const escrow = await bench.replicas.escrow()
    const { id: replicaId } = await bench.registered(0, 33)
    assert.ok((await bench.replicas.escrow()) < escrow)
    const id = await challenged(replicaId)
    await bench.endBlocks(8)
    assert.equal(await credit(), 0n)
    const outcome = await bench.endBlock()
    assert.ok(eventNames(outcome).includes('ReplicaForfeited'))
    const struck = outcome.events.find(({ name }) => name === 'Struck')!
    assert.deepEqual([...struck.args], [0n, id, 1n])
    assert.deepEqual([await credit(), await credit(OWNER)], [GNX, 0n])
    assertReverted(await bench.bench.call('Replicas', 'replicaOf', [replicaId]), 'ReplicaGone')
    assert.equal(await bench.replicas.escrow(), escrow)
    assert.equal((await bench.tree(0)).settled, 0n)
  })

  test('that a joined replica fails leaves it dead in the tree', async () => {
    const { id: replicaId } = await bench.joined(0, 33)
    await bench.joined(0, 40)
    await challenged(replicaId)
    for (let block = 0; block < 9; block++) {
      const id = (await bench.view('openChallengeOf', 0)) as bigint
      const isOpen = id !== 0n && (await bench.challenge(id)).deadlineSlot !== 0n
      if (isOpen) succeeded(await bench.answer(id, await bench.prove(id)))
      await bench.endBlock()
    }
    const { deadLeaves, paidLeaves, strikes } = await bench.tree(0)
    assert.deepEqual([deadLeaves, paidLeaves, strikes], [33n, 40n, 1n])
  })

  test('of a replica that was released meanwhile ends without an outcome', async () => {
    const { id: replicaId } = await bench.registered(0, 33)
    const id = await challenged(replicaId)
    succeeded(await bench.replicas.release([replicaId]))
    await bench.endBlocks(8)
    const outcome = await bench.endBlock()
    assert.deepEqual(eventNames(outcome), ['ChallengeVoided'])
    assert.equal(await credit(), GNX)
    assert.equal((await bench.tree(0)).strikes, 0n)
    assertReverted(await bench.bench.call('Inspections', 'challengeOf', [id]), 'UnknownChallenge')
  })

  test('is refused with another proof, from another account and before it opens', async () => {
    const { id: replicaId } = await storedOnly(0, 33)
    const id = await challenged(replicaId)
    assertReverted(await bench.answer(id, new Uint8Array(0)), 'NotOpenYet')
    await bench.endBlocks(3)
    const proof = await bench.prove(id)
    assertReverted(await bench.answer(id, proof, ALICE), 'NotNodeOwner')
    proof[99]! ^= 1
    assertReverted(await bench.answer(id, proof), 'BadProof')
  })

  test('needs exactly the bond and a running replica with a leaf for each region', async () => {
    const { id } = await bench.registered(0, 20)
    for (const value of [0n, GNX - 1n, GNX + 1n]) {
      assertReverted(await challenge(id, value), 'WrongBond', GNX, value)
    }
    const small = await bench.registered(0, 19)
    assertReverted(await challenge(small.id), 'ReplicaTooSmall', small.id, 19n)
    assertReverted(await challenge(`0x${'55'.repeat(32)}`), 'UnknownReplica')
    succeeded(await bench.replicas.release([id]))
    assertReverted(await challenge(id), 'ReplicaGone', id)
    assert.equal(await bench.bench.balanceOf(INSPECTIONS), 0n)
  })

  test('is one at a time for a replica, and at most four of the public for a node', async () => {
    const ids = []
    for (let count = 0; count < 5; count++) ids.push((await bench.registered(0, 20)).id)
    const first = await challenged(ids[0]!)
    assertReverted(await challenge(ids[0]!), 'AlreadyChallenged', ids[0], first)
    await challengedOnePerBlock(ids.slice(1, 4))
    assertReverted(await challenge(ids[4]!), 'TooManyOfNode', 0n, 4n)
    assertReverted(await challenge(ids[0]!), 'AlreadyChallenged', ids[0], first)
    await bench.endBlocks(9)
    succeeded(await challenge(ids[4]!))
  })

  test('of the bucket’s owner or steward finds a place however many others there are', async () => {
    const steward = account(77)
    await bench.bench.fund(steward, GNX)
    succeeded(await bench.bench.call('Replicas', 'nameSteward', [BUCKET, steward], { from: ALICE }))
    const ids = []
    for (let count = 0; count < 6; count++) ids.push((await bench.registered(0, 20)).id)
    await challengedOnePerBlock(ids.slice(0, 4))
    assertReverted(await challenge(ids[4]!), 'TooManyOfNode', 0n, 4n)
    const own = succeeded(await challenge(ids[4]!, GNX, ALICE)).result[0] as bigint
    assertReverted(await challenge(ids[4]!, GNX, ALICE), 'AlreadyChallenged', ids[4], own)
    await bench.nextBlock()
    succeeded(await challenge(ids[5]!, GNX, steward))
    assert.equal(((await bench.view('extraChallengesOf', 0)) as bigint[]).length, 6)
    await bench.endBlocks(9)
    assert.deepEqual([await credit(ALICE), await credit(steward)], [GNX, GNX])
    assert.deepEqual(await bench.view('extraChallengesOf', 0), [])
  })

  test('is one of at most two new ones in a block', async () => {
    const ids = []
    for (const node of [0, 1, 2]) ids.push((await bench.registered(node, 20)).id)
    for (const id of ids.slice(0, 2)) succeeded(await challenge(id))
    assertReverted(await challenge(ids[2]!), 'TooManyInBlock', 2n)
    assertReverted(await challenge(ids[2]!, GNX, ALICE), 'TooManyInBlock', 2n)
    await bench.endBlock()
    succeeded(await challenge(ids[2]!))
  })

  test('does not freeze the tree', async () => {
    const { id } = await bench.registered(0, 20)
    await challenged(id)
    await bench.joined(0, 40)
  })
})

describe('credit', () => {
  test('is paid out once, and bonds are all that the contract holds', async () => {
    const { id } = await bench.registered(0, 20)
    await challenged(id)
    assert.equal(await bench.bench.balanceOf(INSPECTIONS), GNX)
    await bench.endBlocks(9)
    const before = await bench.bench.balanceOf(BOB)
    const outcome = succeeded(await bench.call('withdrawCredit', [], BOB))
    assert.deepEqual([...outcome.events[0]!.args], [checksum(BOB), GNX])
    assert.equal(await bench.bench.balanceOf(BOB), before + GNX)
    assert.equal(await bench.bench.balanceOf(INSPECTIONS), 0n)
    assertReverted(await bench.call('withdrawCredit', [], BOB), 'NoCredit')
  })
})

test('a contract that re-enters withdrawCredit is paid once', async () => {
  const { abi, creationBytecode } = compileFixture('Actor')
  const actor = await bench.bench.deploy(abi, creationBytecode)
  const { id } = await bench.registered(0, 20)
  const contract = systemContractInterface('Inspections')
  const act = (data: Uint8Array, value = 0n) =>
    bench.bench.send(actor, 'act', [INSPECTIONS, data], { value })
  await act(encodeCall(contract, 'challenge', [id]), GNX)
  await challenged((await bench.registered(1, 20)).id)
  await bench.endBlocks(9)
  const withdraw = encodeCall(contract, 'withdrawCredit', [])
  await bench.bench.send(actor, 'reenterWith', [INSPECTIONS, withdraw])
  await act(withdraw)
  assert.equal(await bench.bench.view(actor, 'reentries'), 1n)
  assert.equal(await bench.bench.view(actor, 'reentrySucceeded'), false)
  assert.equal(await bench.bench.balanceOf(actor.address), GNX)
  assert.equal(await bench.bench.balanceOf(INSPECTIONS), GNX)
})

test('bonds move no coins to where they do not belong, and the bucket gets back what was not earned', async () => {
  const escrow = await bench.replicas.escrow(BUCKET)
  const { id } = await bench.joined(0, 33)
  await bench.passed(0)
  await challenged(id)
  await bench.endBlocks(9)
  const farmer = (await bench.bench.view('StorageMarket', 'creditOf', OWNER)) as bigint
  assert.ok(farmer > 0n)
  assert.equal((await bench.replicas.escrow(BUCKET)) + farmer, escrow)
})
