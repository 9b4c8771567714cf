import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { bytesToHex } from '@ethereumjs/util'
import { growTo, pathOfPlace } from '../../src/spor/sumTree.ts'
import { createSumTree } from '../../src/spor/treeLookup.ts'
import { ALICE, assertReverted, eventNames, succeeded } from '../helpers/contractBench.ts'
import { InspectionBench } from '../helpers/inspectionBench.ts'
import { FARMERS } from '../helpers/replicaBench.ts'

const OWNER = FARMERS[0]!.address
const ZERO_HASH = `0x${'00'.repeat(32)}`

let bench: InspectionBench
beforeEach(async () => {
  bench = await InspectionBench.create()
})

const join = (changes: readonly unknown[], from = OWNER, node = 0) =>
  bench.call('join', [node, changes], from)

describe('join', () => {
  test('puts replicas into the places told, and the root is that of the farmer’s own tree', async () => {
    const placed = []
    for (const [place, leafCount] of [
      [0, 33],
      [1, 5],
      [6, 40],
      [2, 1],
    ] as const) {
      const replica = await bench.join(0, await bench.registered(0, leafCount), place)
      placed.push({ place, entry: replica.entry })
      const tree = createSumTree(placed)
      const { root, totalLeaves, height } = await bench.tree(0)
      assert.deepEqual(
        { root, totalLeaves, height },
        {
          root: bytesToHex(tree.root),
          totalLeaves: tree.totalLeaves,
          height: BigInt(tree.height),
        },
      )
    }
  })

  test('takes several replicas at once, each path against the root before it', async () => {
    const first = await bench.registered(0, 30)
    const second = await bench.registered(0, 40)
    const one = bench.changeFor(0, first, 0)
    bench.trees[0] = createSumTree([{ place: 0, entry: first.entry }])
    const two = bench.changeFor(0, second, 1)
    const outcome = succeeded(await join([one, two]))
    assert.deepEqual(eventNames(outcome), ['ReplicaJoined', 'ReplicaJoined'])
    assert.deepEqual(
      [...outcome.events[1]!.args],
      [0n, second.id, bytesToHex(second.entry.root), 40n, 1n],
    )
    assert.equal((await bench.tree(0)).totalLeaves, 70n)
    assert.equal(await bench.view('isJoined', second.id), true)
  })

  test('is the node’s owner’s alone', async () => {
    const change = bench.changeFor(0, await bench.registered(0, 30), 0)
    assertReverted(await join([change], ALICE), 'NotNodeOwner')
    assertReverted(await join([change], OWNER, 99), 'UnknownNode')
  })

  test('takes 1 to 64 changes', async () => {
    const change = bench.changeFor(0, await bench.registered(0, 30), 0)
    assertReverted(await join([]), 'BatchOutOfRange', 0n)
    assertReverted(await join(Array(65).fill(change)), 'BatchOutOfRange', 65n)
  })

  test('takes only running replicas of this node as they were registered', async () => {
    const replica = await bench.registered(0, 30)
    const change = bench.changeFor(0, replica, 0)
    const lies = [
      { ...change, leafCount: 31 },
      { ...change, root: ZERO_HASH },
    ]
    for (const lie of lies) {
      assertReverted(await join([lie]), 'ReplicaMismatch', replica.id)
    }
    const elsewhere = bench.changeFor(0, await bench.registered(1, 30), 0)
    assertReverted(await join([elsewhere]), 'ReplicaMismatch', elsewhere.replicaId)
    assertReverted(await join([{ ...change, replicaId: `0x${'77'.repeat(32)}` }]), 'UnknownReplica')
    succeeded(await bench.replicas.release([replica.id]))
    assertReverted(await join([change]), 'ReplicaGone', replica.id)
  })

  test('takes a replica once', async () => {
    const replica = await bench.joined(0, 30)
    assertReverted(await join([bench.changeFor(0, replica, 1)]), 'AlreadyJoined', replica.id)
  })

  test('needs a path of this very tree to an empty place', async () => {
    await bench.join(0, await bench.registered(0, 30), 0)
    await bench.join(0, await bench.registered(0, 31), 3)
    const replica = await bench.registered(0, 32)
    const right = bench.changeFor(0, replica, 1)
    const { siblings } = right
    const flipped = `${siblings.slice(0, -1)}${siblings.endsWith('0') ? '1' : '0'}`
    const sums = `0x${'00'.repeat(7)}ff${siblings.slice(18)}`
    const grown = bytesToHex(pathOfPlace(growTo(bench.trees[0]!, 3), 1))
    const lies = [
      { ...right, place: 2 },
      { ...right, place: 5 },
      { ...right, siblings: flipped },
      { ...right, siblings: sums },
      { ...right, siblings: '0x' },
      { ...right, siblings: siblings.slice(0, -2) },
      { ...right, siblings: `${siblings}00` },
      { ...right, siblings: grown },
      bench.changeFor(0, replica, 0),
      bench.changeFor(0, replica, 3),
    ]
    for (const [at, lie] of lies.entries()) {
      const outcome = await join([lie])
      assert.equal(outcome.error?.name, 'WrongPath', `lie ${at}`)
    }
    succeeded(await join([right]))
  })

  test('that fails anywhere changes nothing', async () => {
    const before = await bench.tree(0)
    const change = bench.changeFor(0, await bench.registered(0, 30), 0)
    assertReverted(await join([change, change]), 'AlreadyJoined')
    assert.deepEqual(await bench.tree(0), before)
    assert.equal(await bench.view('isJoined', change.replicaId), false)
  })

  test('counts replicas at or above the floor price, and only those, as paid', async () => {
    await bench.joined(0, 1_000, 10n ** 14n)
    await bench.joined(0, 500, 1n)
    const { totalLeaves, paidLeaves } = await bench.tree(0)
    assert.deepEqual([totalLeaves, paidLeaves], [1_500n, 1_000n])
  })
})

describe('a release', () => {
  test('of a joined replica leaves it in the tree as dead, and it counts no longer', async () => {
    const replica = await bench.joined(0, 30)
    await bench.joined(0, 40)
    const { root } = await bench.tree(0)
    await bench.endBlock()
    succeeded(await bench.replicas.release([replica.id]))
    const tree = await bench.tree(0)
    assert.deepEqual(
      [tree.root, tree.totalLeaves, tree.paidLeaves, tree.deadLeaves],
      [root, 70n, 40n, 30n],
    )
    assert.equal(await bench.view('releasedSlotOf', replica.id), bench.slot)
    assert.equal(await bench.view('isJoined', replica.id), false)
  })

  test('of a replica that never joined leaves the tree alone', async () => {
    await bench.joined(0, 40)
    const before = await bench.tree(0)
    const { id } = await bench.registered(0, 30)
    succeeded(await bench.replicas.release([id]))
    assert.deepEqual(await bench.tree(0), before)
    assert.equal(await bench.view('releasedSlotOf', id), 0n)
  })

  test('is told by the Replicas contract alone', async () => {
    const { id } = await bench.joined(0, 40)
    assertReverted(await bench.call('replicaReleased', [id, 40], OWNER), 'OnlyContract')
    assertReverted(await bench.call('nodeRetired', [0], OWNER), 'OnlyContract')
    assertReverted(await bench.call('strike', [0], OWNER), 'OnlyContract')
  })
})

describe('drop', () => {
  test('takes released replicas out, up to an empty tree', async () => {
    const replica = await bench.joined(0, 30)
    const other = await bench.joined(0, 40)
    succeeded(await bench.replicas.release([replica.id, other.id]))
    assert.deepEqual(eventNames(succeeded(await bench.drop(0, replica))), ['ReplicaDropped'])
    const half = await bench.tree(0)
    assert.equal(half.root, bytesToHex(bench.trees[0]!.root))
    assert.deepEqual([half.totalLeaves, half.deadLeaves], [40n, 40n])
    succeeded(await bench.drop(0, other))
    const { root, totalLeaves, deadLeaves } = await bench.tree(0)
    assert.deepEqual([root, totalLeaves, deadLeaves], [ZERO_HASH, 0n, 0n])
    assert.equal(await bench.view('releasedSlotOf', replica.id), 0n)
    await bench.joined(0, 50)
    assert.equal((await bench.tree(0)).totalLeaves, 50n)
  })

  test('takes no running replica, none of another node and none that is not there', async () => {
    const replica = await bench.joined(0, 30)
    assertReverted(await bench.drop(0, replica), 'NotDroppable', replica.id)
    succeeded(await bench.replicas.release([replica.id]))
    const change = bench.changeFor(0, replica, replica.place)
    const elsewhere = await bench.call('drop', [1, [change]], FARMERS[1]!.address)
    assertReverted(elsewhere, 'NotDroppable', replica.id)
    assertReverted(await bench.call('drop', [0, [change]], ALICE), 'NotNodeOwner')
    assertReverted(
      await bench.call('drop', [0, [{ ...change, leafCount: 29 }]], OWNER),
      'WrongPath',
    )
    succeeded(await bench.drop(0, replica))
    assertReverted(await bench.call('drop', [0, [change]], OWNER), 'NotDroppable', replica.id)
  })

  test('leaves the height as it is, so that places stay', async () => {
    const replica = await bench.join(0, await bench.registered(0, 30), 5)
    succeeded(await bench.replicas.release([replica.id]))
    succeeded(await bench.drop(0, replica))
    assert.equal((await bench.tree(0)).height, 3n)
  })
})

test('a tree stands still while a scheduled challenge asks about it', async () => {
  const replica = await bench.joined(0, 30)
  await bench.endBlock()
  const id = (await bench.view('openChallengeOf', 0)) as bigint
  assert.equal(id, 1n)
  const change = bench.changeFor(0, await bench.registered(0, 30), 1)
  assertReverted(await join([change]), 'TreeFrozen', 0n, id)
  succeeded(await bench.replicas.release([replica.id]))
  assertReverted(await bench.drop(0, replica), 'TreeFrozen', 0n, id)
  await bench.passed(0)
  succeeded(await join([change]))
})

test('a retired node’s tree is closed: nothing is asked of it and nothing joins', async () => {
  const replica = await bench.joined(0, 30)
  await bench.endBlock()
  const id = (await bench.view('openChallengeOf', 0)) as bigint
  succeeded(await bench.replicas.release([replica.id]))
  const outcome = await bench.bench.send('Nodes', 'retire', [0], { from: OWNER })
  assert.ok(eventNames(outcome).includes('ChallengeVoided'))
  const { totalLeaves, frozenBy, strikes } = await bench.tree(0)
  assert.deepEqual([totalLeaves, frozenBy, strikes], [0n, 0n, 0n])
  assertReverted(await bench.bench.call('Inspections', 'challengeOf', [id]), 'UnknownChallenge', id)
  const change = bench.changeFor(1, await bench.registered(1, 30), 0)
  assertReverted(await join([change]), 'NodeClosed', 0n)
  for (let block = 0; block < 12; block++) assert.deepEqual((await bench.endBlock()).events, [])
})
