import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import fc from 'fast-check'
import { ALICE, assertReverted, blockHashOf, succeeded } from '../helpers/contractBench.ts'
import { InspectionBench } from '../helpers/inspectionBench.ts'
import { FARMERS } from '../helpers/replicaBench.ts'

const OWNER = FARMERS[0]!.address
const ANSWER_SLOTS = 5n

let bench: InspectionBench
beforeEach(async () => {
  bench = await InspectionBench.create()
})

describe('an answer', () => {
  test('of the node’s owner with all sampled leaves passes', async () => {
    for (const leafCount of [33, 7, 40]) await bench.joined(0, leafCount)
    const id = await bench.challenged(0)
    const { events } = succeeded(await bench.answer(id, await bench.prove(id)))
    assert.deepEqual(
      events.map(({ name, args }) => [name, ...args]),
      [['Passed', 0n, id, 80n]],
    )
    const { frozenBy, strikes, settled } = await bench.tree(0)
    assert.deepEqual([frozenBy, strikes, settled], [0n, 0n, bench.bench.time])
    assert.equal(await bench.view('totalInspections'), 80n * 1_024n)
    const passed = (await bench.bench.send('Inspections', 'inspectionsOf', [0])).result[0]
    assert.deepEqual(passed, [1n, 0n, bench.bench.time])
  })

  test('is the owner’s alone, and holds once', async () => {
    await bench.joined(0, 33)
    const id = await bench.challenged(0)
    const proof = await bench.prove(id)
    assertReverted(await bench.answer(id, proof, ALICE), 'NotNodeOwner')
    assertReverted(await bench.answer(id, proof, FARMERS[1]!.address), 'NotNodeOwner')
    succeeded(await bench.answer(id, proof))
    assertReverted(await bench.answer(id, proof, OWNER), 'UnknownChallenge', id)
    assertReverted(await bench.answer(id + 1n, proof, OWNER), 'UnknownChallenge', id + 1n)
  })

  test('to a challenge that has not opened is refused', async () => {
    await bench.joined(0, 33)
    await bench.endBlock()
    assertReverted(await bench.answer(1n, new Uint8Array(0)), 'NotOpenYet', 1n)
  })

  test('counts in the slot of its deadline, and in none after', async () => {
    for (const node of [0, 1]) await bench.joined(node, 33)
    const id = await bench.challenged(0)
    const { deadlineSlot } = await bench.challenge(id)
    while (bench.slot < deadlineSlot) await bench.endBlock()
    await bench.step()
    const proof = await bench.prove(id)
    await bench.nextBlock()
    assertReverted(await bench.answer(id, proof), 'TooLate', id, deadlineSlot)
    const other = id + 1n
    assert.equal((await bench.challenge(other)).deadlineSlot, bench.slot)
    succeeded(await bench.answer(other, await bench.prove(other)))
  })

  test('is anchored at one of the last four blocks of its own chain', async () => {
    await bench.joined(0, 33)
    await bench.endBlocks(2)
    const id = await bench.challenged(0)
    const proof = await bench.prove(id)
    const number = bench.bench.blockNumber
    for (const anchor of [number, number + 1n, 2n ** 64n - 1n]) {
      assertReverted(await bench.answer(id, proof, OWNER, anchor), 'StaleAnchor', anchor)
    }
    const elsewhere = [id, number - 1n, blockHashOf(number), proof]
    assertReverted(await bench.call('answer', elsewhere, OWNER), 'StaleAnchor')
    const none = [id, number - 1n, `0x${'00'.repeat(32)}`, proof]
    assertReverted(await bench.call('answer', none, OWNER), 'StaleAnchor')
    bench.bench.blockNumber += 4n
    assertReverted(await bench.answer(id, proof, OWNER, number - 1n), 'StaleAnchor')
    succeeded(await bench.answer(id, proof, OWNER, number))
  })

  test('with any bit changed is refused, and the challenge stays open', async () => {
    for (const leafCount of [33, 7, 40]) await bench.joined(0, leafCount)
    const id = await bench.challenged(0)
    const proof = await bench.prove(id)
    await fc.assert(
      fc.asyncProperty(fc.nat(8 * proof.length - 1), async (bit) => {
        const changed = proof.slice()
        changed[bit >> 3]! ^= 1 << (bit & 7)
        assertReverted(await bench.answer(id, changed), 'BadProof')
      }),
      { numRuns: 60 },
    )
    succeeded(await bench.answer(id, proof))
  })

  test('cut short or with more behind it is refused', async () => {
    for (const leafCount of [33, 7, 40]) await bench.joined(0, leafCount)
    const id = await bench.challenged(0)
    const proof = await bench.prove(id)
    for (const length of [0, 1, 72, 73, 1_024, proof.length - 32, proof.length - 1]) {
      assertReverted(await bench.answer(id, proof.slice(0, length)), 'BadProof')
    }
    for (const more of [1, 32, 5_000]) {
      const longer = new Uint8Array(proof.length + more)
      longer.set(proof)
      assertReverted(await bench.answer(id, longer), 'BadProof')
    }
  })

  test('to an earlier challenge or of another node does not answer this one', async () => {
    for (const node of [0, 1]) await bench.joined(node, 33)
    const first = await bench.challenged(0)
    const old = await bench.prove(first)
    succeeded(await bench.answer(first, old))
    await bench.endBlock()
    const other = await bench.prove(await bench.challenged(1))
    const id = await bench.challenged(0)
    for (const proof of [old, other]) assertReverted(await bench.answer(id, proof), 'BadProof')
    succeeded(await bench.answer(id, await bench.prove(id)))
  })
})

describe('leaves of a released replica', () => {
  test('are excused when it was released before the snapshot', async () => {
    const { id: released } = await bench.joined(0, 20)
    await bench.joined(0, 140)
    await bench.nextBlock()
    succeeded(await bench.replicas.release([released]))
    await bench.nextBlock()
    const id = await bench.challenged(0)
    assertReverted(await bench.answer(id, await bench.prove(id)), 'BadProof')
    const { events } = succeeded(await bench.answer(id, await bench.prove(id, [released])))
    assert.equal(events[0]!.args.leaves, 140n)
  })

  test('are asked for when it was released in the block of the snapshot or later', async () => {
    for (const isLater of [false, true]) {
      bench = await InspectionBench.create()
      const { id: released } = await bench.joined(0, 20)
      await bench.joined(0, 140)
      if (!isLater) succeeded(await bench.replicas.release([released]))
      await bench.endBlock()
      if (isLater) succeeded(await bench.replicas.release([released]))
      const id = await bench.challenged(0)
      assertReverted(await bench.answer(id, await bench.prove(id, [released])), 'BadProof')
      const { events } = succeeded(await bench.answer(id, await bench.prove(id)))
      // What the answer is worth was settled by the snapshot.
      assert.equal(events[0]!.args.leaves, isLater ? 160n : 140n)
    }
  })
})

describe('a full answers’ lane', () => {
  test('moves every open deadline by its slot, and no other block does', async () => {
    for (const node of [0, 1]) await bench.joined(node, 33)
    const first = await bench.challenged(0)
    const second = await bench.challenged(1)
    const before = (await bench.challenge(first)).deadlineSlot
    assert.equal((await bench.challenge(second)).deadlineSlot, before + 1n)
    for (let full = 0; full < 7; full++) {
      const { events } = await bench.endBlock({ laneFull: true })
      assert.deepEqual(
        events.map(({ name, args }) => [name, ...args]),
        [['AnswerLaneFull', bench.slot - 1n]],
      )
    }
    assert.equal((await bench.challenge(first)).deadlineSlot, before + 7n)
    assert.equal((await bench.challenge(second)).deadlineSlot, before + 8n)
    await bench.endBlocks(1)
    assert.equal((await bench.challenge(first)).deadlineSlot, before + 7n)
    succeeded(await bench.answer(first, await bench.prove(first)))
    while (bench.slot <= before + 8n) await bench.endBlock()
    assert.equal((await bench.tree(1)).strikes, 0n)
    await bench.endBlock()
    assert.equal((await bench.tree(1)).strikes, 1n)
  })

  test('leaves challenges that open later their whole time', async () => {
    await bench.joined(0, 33)
    for (let full = 0; full < 5; full++) await bench.endBlock({ laneFull: true })
    const id = await bench.challenged(0)
    const { snapshotSlot, deadlineSlot } = await bench.challenge(id)
    assert.ok(deadlineSlot >= snapshotSlot + 2n + ANSWER_SLOTS)
  })
})
