import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import type { Address } from '@ethereumjs/util'
import { DEVNET_FARMER_COUNT, DEVNET_FARMER_TERMS } from '../../src/protocol/devnetFarmers.ts'
import { GNX } from '../../src/protocol/params.ts'
import {
  ALICE,
  account,
  assertReverted,
  BOB,
  ContractBench,
  checksum,
  eventNames,
} from '../helpers/contractBench.ts'
import { createTestKey } from '../helpers/validatorKey.ts'

const MINIMUM = 5_000n * GNX
const EPOCH_SLOTS = 10n
const UNBONDING_EPOCHS = 7n
/** What the devnet's validator and farmers have staked in genesis. */
const GENESIS_STAKE = MINIMUM + BigInt(DEVNET_FARMER_COUNT) * DEVNET_FARMER_TERMS.stakeWei

let bench: ContractBench
beforeEach(async () => {
  bench = await ContractBench.create()
})

const stakeOf = (of: Address) => bench.view('Staking', 'stakeOf', of)

async function becomeCandidate(who: Address, keyNumber: number): Promise<void> {
  const key = createTestKey(keyNumber)
  await bench.send('Staking', 'bet', [], { from: who, value: MINIMUM })
  const proof = await key.proveFor(bench, who)
  await bench.send('Staking', 'registerKey', [key.publicKey, proof, who], { from: who })
}

describe('bet', () => {
  test('moves the coins of the caller into its own stake', async () => {
    const before = await bench.balanceOf(ALICE)
    const outcome = await bench.send('Staking', 'bet', [], { value: 3n })
    assert.equal(await stakeOf(ALICE), 3n)
    assert.equal(await bench.view('Staking', 'totalStake'), GENESIS_STAKE + 3n)
    assert.equal(await bench.balanceOf(ALICE), before - 3n)
    assert.deepEqual(eventNames(outcome), ['Staked'])
    assert.deepEqual([...outcome.events[0]!.args], [checksum(ALICE), 3n, 3n])
  })

  test('refuses to stake nothing', async () => {
    assertReverted(await bench.call('Staking', 'bet'), 'ZeroAmount')
  })

  test('refuses more than its field can hold instead of cutting it off', async () => {
    await bench.fund(ALICE, 1n << 129n)
    const outcome = await bench.call('Staking', 'bet', [], { value: 1n << 128n })
    assertReverted(outcome, 'ValueTooLarge', 1n << 128n, 128n)
    assert.equal(await stakeOf(ALICE), 0n)
  })
})

describe('unstake', () => {
  test('refuses an account that has nothing staked', async () => {
    assertReverted(await bench.call('Staking', 'unstake', [1]), 'InsufficientStake', 0n, 1n)
    assertReverted(await bench.call('Staking', 'unstake', [0]), 'ZeroAmount')
    assert.deepEqual(await bench.view('Staking', 'unbondingOf', ALICE), [])
  })

  test('cannot take another account’s stake', async () => {
    await bench.send('Staking', 'bet', [], { from: BOB, value: MINIMUM })
    assertReverted(await bench.call('Staking', 'unstake', [1]), 'InsufficientStake')
    assert.equal(await stakeOf(BOB), MINIMUM)
  })

  test('takes it off the stake at once and releases it after whole epochs', async () => {
    await bench.setSlot(EPOCH_SLOTS + 3n)
    await bench.send('Staking', 'bet', [], { value: 10n })
    const outcome = await bench.send('Staking', 'unstake', [4])
    const releaseSlot = (2n + UNBONDING_EPOCHS) * EPOCH_SLOTS
    assert.equal(await stakeOf(ALICE), 6n)
    assert.equal(await bench.view('Staking', 'totalStake'), GENESIS_STAKE + 6n)
    assert.deepEqual([...outcome.events[0]!.args], [checksum(ALICE), 4n, releaseSlot])

    await bench.setSlot(releaseSlot - 1n)
    assertReverted(await bench.call('Staking', 'withdraw'), 'NothingToWithdraw')
    await bench.setSlot(releaseSlot)
    const before = await bench.balanceOf(ALICE)
    await bench.send('Staking', 'withdraw')
    assert.equal(await bench.balanceOf(ALICE), before + 4n)
    assertReverted(await bench.call('Staking', 'withdraw'), 'NothingToWithdraw')
  })

  test('leaves the minimum of a candidate, until it resigns', async () => {
    await becomeCandidate(ALICE, 1)
    await bench.send('Staking', 'bet', [], { value: 5n })
    assertReverted(
      await bench.call('Staking', 'unstake', [6]),
      'StakeLocked',
      MINIMUM,
      MINIMUM - 1n,
    )
    await bench.send('Staking', 'unstake', [5])
    await bench.send('Staking', 'resign')
    await bench.send('Staking', 'unstake', [MINIMUM])
    assert.equal(await stakeOf(ALICE), 0n)
  })

  test('leaves the minimum of every farmer node, until it is retired', async () => {
    await bench.send('Staking', 'bet', [], { value: 2n * MINIMUM })
    for (const peerId of ['0x01', '0x02']) await bench.send('Nodes', 'register', [peerId, 1, ZERO])
    assertReverted(
      await bench.call('Staking', 'unstake', [1]),
      'StakeLocked',
      2n * MINIMUM,
      2n * MINIMUM - 1n,
    )
    await bench.send('Nodes', 'retire', [DEVNET_FARMER_COUNT])
    await bench.send('Staking', 'unstake', [MINIMUM])
    assertReverted(await bench.call('Staking', 'unstake', [1]), 'StakeLocked')
  })

  test('joins what is released in the same slot, and opens at most sixteen unbondings', async () => {
    await bench.send('Staking', 'bet', [], { value: 100n })
    for (let epoch = 0n; epoch < 16n; epoch++) {
      await bench.setSlot(epoch * EPOCH_SLOTS)
      await bench.send('Staking', 'unstake', [1])
      await bench.send('Staking', 'unstake', [2])
    }
    const open = (await bench.view('Staking', 'unbondingOf', ALICE)) as unknown[]
    assert.equal(open.length, 16)
    await bench.setSlot(16n * EPOCH_SLOTS)
    assertReverted(await bench.call('Staking', 'unstake', [1]), 'TooManyUnbondings', 16n)
    assert.equal(await stakeOf(ALICE), 100n - 48n)

    const before = await bench.balanceOf(ALICE)
    await bench.send('Staking', 'withdraw')
    // Epochs 0 to 8 have had seven whole epochs by the start of epoch 16.
    assert.equal(await bench.balanceOf(ALICE), before + 27n)
    assert.equal(((await bench.view('Staking', 'unbondingOf', ALICE)) as unknown[]).length, 7)
    await bench.send('Staking', 'unstake', [1])
  })
})

describe('candidates', () => {
  test('an account joins with stake and key, in either order', async () => {
    await becomeCandidate(ALICE, 1)
    const key = createTestKey(2)
    const proof = await key.proveFor(bench, BOB)
    await bench.send('Staking', 'registerKey', [key.publicKey, proof, ZERO_ADDRESS], { from: BOB })
    assert.equal(await bench.view('Staking', 'isCandidate', BOB), false)
    await bench.send('Staking', 'bet', [], { from: BOB, value: MINIMUM - 1n })
    assert.equal(await bench.view('Staking', 'isCandidate', BOB), false)
    const outcome = await bench.send('Staking', 'bet', [], { from: BOB, value: 1n })
    assert.deepEqual(eventNames(outcome), ['Staked', 'CandidateJoined'])
    const all = await candidates()
    assert.deepEqual(all.slice(1), [checksum(ALICE), checksum(BOB)])
  })

  test('stake that farmer nodes lock does not make a candidate', async () => {
    await bench.send('Staking', 'bet', [], { value: MINIMUM })
    await bench.send('Nodes', 'register', ['0x01', 1, ZERO])
    const key = createTestKey(1)
    const proof = await key.proveFor(bench, ALICE)
    await bench.send('Staking', 'registerKey', [key.publicKey, proof, ZERO_ADDRESS])
    assert.equal(await bench.view('Staking', 'isCandidate', ALICE), false)
    await bench.send('Staking', 'bet', [], { value: MINIMUM })
    assert.equal(await bench.view('Staking', 'isCandidate', ALICE), true)
    assert.equal(await bench.view('Staking', 'lockedStakeOf', ALICE), 2n * MINIMUM)
  })

  test('one that resigns leaves the others in the list, and returns by registering its key', async () => {
    const three = [account(11), account(12), account(13)] as const
    for (const [index, who] of three.entries()) {
      await bench.fund(who)
      await becomeCandidate(who, 10 + index)
    }
    await bench.send('Staking', 'resign', [], { from: three[0] })
    assert.deepEqual((await candidates()).slice(1), [three[2], three[1]].map(checksum))
    assertReverted(await bench.call('Staking', 'resign', [], { from: three[0] }), 'NotACandidate')
    await bench.send('Staking', 'bet', [], { from: three[0], value: 1n })
    assert.equal(await bench.view('Staking', 'candidateCount'), 3n)

    const key = createTestKey(10)
    const proof = await key.proveFor(bench, three[0])
    const args = [key.publicKey, proof, ZERO_ADDRESS]
    await bench.send('Staking', 'registerKey', args, { from: three[0] })
    assert.deepEqual((await candidates()).slice(1), [three[2], three[1], three[0]].map(checksum))
    await bench.send('Staking', 'resign', [], { from: three[0] })
    await bench.send('Staking', 'resign', [], { from: three[2] })
    assert.deepEqual((await candidates()).slice(1), [checksum(three[1])])
  })

  test('are told in pages', async () => {
    await becomeCandidate(ALICE, 1)
    await becomeCandidate(BOB, 2)
    const page = (offset: number, limit: number | bigint) =>
      bench.view('Staking', 'candidates', offset, limit)
    assert.deepEqual(await page(1, 1), [checksum(ALICE)])
    assert.deepEqual(await page(2, (1n << 256n) - 1n), [checksum(BOB)])
    assert.deepEqual(await page(3, 10), [])
  })
})

test('the payee is the account itself until it names another', async () => {
  assert.equal(await bench.view('Staking', 'payeeOf', ALICE), checksum(ALICE))
  const outcome = await bench.send('Staking', 'setPayee', [BOB])
  assert.deepEqual([...outcome.events[0]!.args], [checksum(ALICE), checksum(BOB)])
  assert.equal(await bench.view('Staking', 'payeeOf', ALICE), checksum(BOB))
  assert.equal(await bench.view('Staking', 'payeeOf', BOB), checksum(BOB))
  await bench.send('Staking', 'setPayee', [ZERO_ADDRESS])
  assert.equal(await bench.view('Staking', 'payeeOf', ALICE), checksum(ALICE))
})

const ZERO = `0x${'00'.repeat(32)}`
const ZERO_ADDRESS = `0x${'00'.repeat(20)}`

async function candidates(): Promise<string[]> {
  return (await bench.view('Staking', 'candidates', 0, 100)) as string[]
}
