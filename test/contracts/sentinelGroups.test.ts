import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { type Address, bytesToHex, concatBytes } from '@ethereumjs/util'
import { GNX } from '../../src/protocol/params.ts'
import {
  ALICE,
  assertReverted,
  BOB,
  checksum,
  eventNames,
  type Outcome,
  succeeded,
} from '../helpers/contractBench.ts'
import { InspectionBench, type JoinedReplica } from '../helpers/inspectionBench.ts'
import { FARMERS } from '../helpers/replicaBench.ts'
import {
  groupsOf,
  groupsRootOf,
  leavesAt,
  type Reveal,
  revealOf,
  type SentinelGroup,
} from '../helpers/sentinelGroups.ts'
import { memoryReader } from '../spor/inspectionBench.ts'

const FARMER = FARMERS[0]!.address
const LEAVES = 37
const POSITIONS = [[3], [0, 1, 36], [5, 8, 13, 21, 34], [2, 9], [7]]
const SIXTEEN = Array.from({ length: 16 }, (_, index) => 2 * index)

let inspections: InspectionBench
let replica: JoinedReplica
let groups: SentinelGroup[]
beforeEach(async () => {
  inspections = await InspectionBench.create()
  replica = await inspections.joined(0, LEAVES)
  groups = groupsOf(replica.leaves, POSITIONS)
})

const call = (method: string, args: unknown[], from: Address = FARMER, value = 0n) =>
  inspections.bench.call('SentinelGroups', method, args, { from, value })
const view = (method: string, ...args: unknown[]) =>
  inspections.bench.view('SentinelGroups', method, ...args)
const commit = (
  id = replica.id,
  from = ALICE,
  root = groupsRootOf(groups),
  count = groups.length,
) => call('commit', [id, root, count], from)
const challenge = (reveal: Reveal, id = replica.id, from = ALICE, value = GNX) =>
  call('challenge', [id, reveal], from, value)
const credit = (account: Address) => view('creditOf', account)

/** Commits to the groups and asks for one. */
async function asked(group: number): Promise<Reveal> {
  succeeded(await commit())
  const reveal = revealOf(groups, group)
  succeeded(await challenge(reveal))
  return reveal
}

async function proofOf(one: JoinedReplica, positions: readonly number[]): Promise<string> {
  const { entry } = one
  const proof = await memoryReader([one])({ entry, indices: positions })
  return bytesToHex(concatBytes(proof.leaves, ...proof.hashes))
}

/** The devnet's period has ten slots, asked in the first. */
const PERIOD = 10
async function passDeadline(blocks = PERIOD + 1): Promise<void> {
  for (let block = 0; block < blocks; block++) await inspections.nextBlock()
}
const strikes = async () => (await inspections.tree(0)).strikes

describe('a farmer that holds the replica', () => {
  test('answers any group with its digest and gets the bond', async () => {
    succeeded(await commit())
    for (const [group, positions] of POSITIONS.entries()) {
      const reveal = revealOf(groups, group)
      succeeded(await challenge(reveal))
      const digest = bytesToHex(groups[group]!.digest)
      assert.equal(groups[group]!.positions, positions)
      const outcome = succeeded(await call('answerDigest', [replica.id, reveal, digest]))
      assert.deepEqual(eventNames(outcome), ['GroupAnswered'])
      assert.equal(await credit(FARMER), BigInt(group + 1) * GNX)
    }
    const before = await inspections.bench.balanceOf(FARMER)
    succeeded(await call('withdrawCredit', []))
    assert.equal(await inspections.bench.balanceOf(FARMER), before + 5n * GNX)
    assertReverted(await call('withdrawCredit', []), 'NoCredit')
  })

  test('answers a true commitment with the leaves as well, and nobody is at fault', async () => {
    const reveal = await asked(2)
    const proof = await proofOf(replica, POSITIONS[2]!)
    const outcome = succeeded(await call('answerLeaves', [replica.id, reveal, proof]))
    assert.deepEqual(eventNames(outcome), ['GroupAnswered'])
    assert.equal(await credit(FARMER), GNX)
  })

  test('shows a false commitment with the signed root: the owner is at fault, and loses bond and commitment', async () => {
    groups[1]!.digest = groups[0]!.digest
    const reveal = await asked(1)
    const honest = groupsOf(replica.leaves, POSITIONS)[1]!.digest
    const digest = await call('answerDigest', [replica.id, reveal, bytesToHex(honest)])
    assertReverted(digest, 'DigestMismatch', replica.id)
    const proof = await proofOf(replica, POSITIONS[1]!)
    const outcome = succeeded(await call('answerLeaves', [replica.id, reveal, proof]))
    assert.deepEqual(eventNames(outcome), ['OwnerAtFault', 'GroupAnswered'])
    assert.deepEqual([...outcome.events[0]!.args], [0n, replica.id, checksum(ALICE)])
    assert.equal(await credit(FARMER), GNX)
    assertReverted(await challenge(revealOf(groups, 2)), 'NoCommitment', replica.id)
    assertReverted(await commit(), 'AlreadyCommitted')
  })

  test('shows a reveal that does not fit the commitment: other positions, salt or path', async () => {
    const changes: Partial<Reveal>[] = [
      { positions: [4] },
      { salt: `0x${'00'.repeat(32)}` },
      { path: [] },
    ]
    for (const [index, change] of changes.entries()) {
      replica = await inspections.joined(0, LEAVES + index)
      groups = groupsOf(replica.leaves, POSITIONS)
      succeeded(await commit())
      const reveal = { ...revealOf(groups, 0), ...change }
      succeeded(await challenge(reveal))
      const proof = await proofOf(replica, reveal.positions)
      const outcome = succeeded(await call('answerLeaves', [replica.id, reveal, proof]))
      assert.deepEqual(eventNames(outcome), ['OwnerAtFault', 'GroupAnswered'])
    }
  })

  test('proves sixteen positions within a transaction’s gas', async () => {
    groups = groupsOf(replica.leaves, [SIXTEEN])
    const reveal = await asked(0)
    const proof = await proofOf(replica, SIXTEEN)
    const { gasUsed } = succeeded(await call('answerLeaves', [replica.id, reveal, proof]))
    assert.ok(gasUsed < 600_000n, `${gasUsed} gas`)
  })

  test('can answer after its owner released the replica, and is not struck if it does not', async () => {
    const reveal = await asked(0)
    succeeded(await inspections.replicas.release([replica.id]))
    const proof = await proofOf(replica, POSITIONS[0]!)
    const { stateManager } = inspections.bench.evm
    await stateManager.checkpoint()
    succeeded(await call('answerLeaves', [replica.id, reveal, proof]))
    await stateManager.revert()
    await passDeadline()
    const outcome = succeeded(await call('settle', [replica.id]))
    assert.deepEqual(eventNames(outcome), ['GroupUnanswered'])
    assert.equal(await strikes(), 0n)
    assert.equal(await credit(ALICE), GNX)
  })
})

describe('a farmer that is silent past the deadline', () => {
  test('forfeits the replica and is struck, whoever settles; the bond goes back', async () => {
    const reveal = await asked(1)
    assertReverted(await call('settle', [replica.id], BOB), 'TooEarly', replica.id, 11n)
    await passDeadline()
    const late = [replica.id, reveal, bytesToHex(groups[1]!.digest)]
    assertReverted(await call('answerDigest', late), 'TooLate', replica.id, 11n)
    const outcome = succeeded(await call('settle', [replica.id], BOB))
    assert.deepEqual(eventNames(outcome), [
      'GroupUnanswered',
      'ReplicaForfeited',
      'ReplicaReleased',
      'Struck',
    ])
    assert.equal(await strikes(), 1n)
    assert.equal(await credit(ALICE), GNX)
    assertReverted(
      await inspections.bench.call('Replicas', 'replicaOf', [replica.id]),
      'ReplicaGone',
    )
    assertReverted(await call('settle', [replica.id], BOB), 'NotChallenged', replica.id)
  })

  test('has a whole period, as ordinary transactions may have to wait', async () => {
    const reveal = await asked(1)
    await passDeadline(PERIOD)
    assertReverted(await call('settle', [replica.id], BOB), 'TooEarly', replica.id, 11n)
    const answer = [replica.id, reveal, bytesToHex(groups[1]!.digest)]
    succeeded(await call('answerDigest', answer))
  })

  test('is not late while most slots since it was asked had no block', async () => {
    const reveal = await asked(1)
    await inspections.nextBlock(1_000n)
    for (let block = 1; block < PERIOD / 2; block++) await inspections.nextBlock()
    assertReverted(await call('settle', [replica.id], BOB), 'TooEarly', replica.id, 11n)
    const { stateManager } = inspections.bench.evm
    await stateManager.checkpoint()
    const answer = [replica.id, reveal, bytesToHex(groups[1]!.digest)]
    succeeded(await call('answerDigest', answer))
    await stateManager.revert()
    await inspections.nextBlock()
    assertReverted(await call('answerDigest', answer), 'TooLate', replica.id, 11n)
    succeeded(await call('settle', [replica.id], BOB))
    assert.equal(await strikes(), 1n)
  })

  test('is struck once a round, however many groups were asked for', async () => {
    const ids = [replica.id]
    await asked(1)
    for (let count = 0; count < 3; count++) {
      const other = await inspections.joined(0, LEAVES)
      const own = groupsOf(other.leaves, POSITIONS)
      succeeded(await commit(other.id, ALICE, groupsRootOf(own)))
      succeeded(await challenge(revealOf(own, 0), other.id))
      ids.push(other.id)
    }
    await passDeadline()
    for (const id of ids) succeeded(await call('settle', [id]))
    assert.equal(await strikes(), 1n)
    assert.equal(await inspections.replicas.view('replicaCountOfNode', 0), 0n)
  })

  test('forfeits no more than the bucket set aside: what was proven stays the farmer’s', async () => {
    const escrow = await inspections.replicas.escrow()
    const price = 10n ** 14n
    await inspections.passed(0)
    const view = (await inspections.replicas.view('replicaOf', replica.id)) as bigint[]
    const earned = view[8]!
    assert.ok(earned > 0n && earned < price)
    await asked(1)
    await passDeadline()
    succeeded(await call('settle', [replica.id]))
    assert.equal(await inspections.replicas.market.credit(FARMER), earned)
    assert.equal(await inspections.replicas.escrow(), escrow + price - earned)
    assert.equal(await inspections.replicas.reserved(), 0n)
  })

  test('is spared when the replica’s term ended before the settlement', async () => {
    await asked(1)
    await passDeadline()
    inspections.bench.time += 31n * 86_400n
    succeeded(await call('settle', [replica.id]))
    assert.equal(await strikes(), 0n)
    assert.equal(await inspections.replicas.view('isHeld', replica.id), true)
  })
})

describe('an answer', () => {
  let reveal: Reveal
  beforeEach(async () => {
    reveal = await asked(2)
  })
  const refused = (outcome: Outcome, error: string) => {
    assertReverted(outcome, error)
    return outcome
  }

  test('repeats what was revealed, to the last bit', async () => {
    const digest = bytesToHex(groups[2]!.digest)
    for (const change of [{ group: 1 }, { positions: [5] }, { path: [] }, { salt: digest }]) {
      const other = [replica.id, { ...reveal, ...change }, digest]
      refused(await call('answerDigest', other), 'RevealMismatch')
      refused(await call('answerLeaves', other), 'RevealMismatch')
    }
  })

  test('is refused with another digest, other leaves, missing or surplus bytes', async () => {
    const digest = bytesToHex(groups[1]!.digest)
    refused(await call('answerDigest', [replica.id, reveal, digest]), 'DigestMismatch')
    const proof = await proofOf(replica, POSITIONS[2]!)
    const other = await inspections.registered(0, LEAVES)
    const flipped = `${proof.slice(0, 999)}${proof[999] === '0' ? '1' : '0'}${proof.slice(1_000)}`
    const forged = [
      await proofOf(other, POSITIONS[2]!),
      bytesToHex(leavesAt(replica.leaves, POSITIONS[2]!)),
      flipped,
      `${proof}00`,
      proof.slice(0, -2),
      '0x',
    ]
    for (const bytes of forged) {
      refused(await call('answerLeaves', [replica.id, reveal, bytes]), 'BadProof')
    }
  })

  test('is given once', async () => {
    const answer = [replica.id, reveal, bytesToHex(groups[2]!.digest)]
    succeeded(await call('answerDigest', answer))
    refused(await call('answerDigest', answer), 'NotChallenged')
  })
})

describe('a challenge', () => {
  test('burns its group, and waits until the one before is over', async () => {
    const reveal = await asked(1)
    assert.equal(await view('isBurned', replica.id, 1), true)
    assert.equal(await view('isBurned', replica.id, 0), false)
    assertReverted(await challenge(revealOf(groups, 0)), 'AlreadyChallenged', replica.id)
    succeeded(await call('answerDigest', [replica.id, reveal, bytesToHex(groups[1]!.digest)]))
    assertReverted(await challenge(reveal), 'GroupBurned', replica.id, 1n)
    assertReverted(await challenge({ ...reveal, group: 5 }), 'GroupBurned', replica.id, 5n)
    succeeded(await challenge(revealOf(groups, 0)))
  })

  test('is the owner’s alone, with the exact bond and on a replica that is there', async () => {
    succeeded(await commit())
    const reveal = revealOf(groups, 0)
    assertReverted(await challenge(reveal, replica.id, FARMER), 'NotBucketOwner')
    for (const value of [0n, GNX - 1n, GNX + 1n]) {
      assertReverted(await challenge(reveal, replica.id, ALICE, value), 'WrongBond', GNX, value)
    }
    const unknown = `0x${'77'.repeat(32)}`
    assertReverted(await challenge(reveal, unknown), 'UnknownReplica', unknown)
    inspections.bench.time += 31n * 86_400n
    assertReverted(await challenge(reveal), 'NothingToChallenge', replica.id)
  })

  test('asks for 1 to 16 ascending leaves of the replica', async () => {
    succeeded(await commit())
    const reveal = revealOf(groups, 0)
    for (const positions of [[], [LEAVES], [2, 2], [3, 2], [...SIXTEEN, 35]]) {
      assertReverted(await challenge({ ...reveal, positions }), 'BadPositions', replica.id)
    }
    const path = Array(21).fill(groupsRootOf(groups))
    assertReverted(await challenge({ ...reveal, path }), 'PathTooLong', 21n)
  })

  test('takes no place away from the owner of another replica, however many wait', async () => {
    for (let count = 0; count < 20; count++) {
      const other = await inspections.joined(0, LEAVES)
      const own = groupsOf(other.leaves, POSITIONS)
      succeeded(await commit(other.id, ALICE, groupsRootOf(own)))
      succeeded(await challenge(revealOf(own, 0), other.id))
    }
    await asked(1)
  })
})

describe('a commitment', () => {
  test('is the bucket owner’s, once, to 1 to 2^20 groups', async () => {
    assertReverted(await commit(replica.id, BOB), 'NotBucketOwner')
    for (const count of [0, 2 ** 20 + 1]) {
      const outcome = await commit(replica.id, ALICE, groupsRootOf(groups), count)
      assertReverted(outcome, 'GroupCountOutOfRange', BigInt(count))
    }
    assertReverted(await challenge(revealOf(groups, 0)), 'NoCommitment', replica.id)
    assert.deepEqual(eventNames(succeeded(await commit())), ['GroupsCommitted'])
    assertReverted(await commit(), 'AlreadyCommitted', replica.id)
  })
})
