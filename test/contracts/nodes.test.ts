import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import {
  type Address,
  bigIntToBytes,
  bytesToHex,
  concatBytes,
  setLengthLeft,
} from '@ethereumjs/util'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { DEVNET_FARMER_COUNT } from '../../src/protocol/devnetFarmers.ts'
import { GNX } from '../../src/protocol/params.ts'
import {
  ALICE,
  assertReverted,
  BOB,
  type CallOptions,
  ContractBench,
  checksum,
  eventNames,
  succeeded,
} from '../helpers/contractBench.ts'
import { createTestKey } from '../helpers/validatorKey.ts'

/** The index the first node of a test gets: the devnet's farmers come before it. */
const FIRST = BigInt(DEVNET_FARMER_COUNT)
/** An epoch of the devnet. */
const EPOCH_SLOTS = 10n
const MINIMUM = 5_000n * GNX
const ENDPOINT = `0x${'e1'.repeat(32)}`
const ZERO_ADDRESS = `0x${'00'.repeat(20)}`

let bench: ContractBench
beforeEach(async () => {
  bench = await ContractBench.create()
})

const peerId = (number: number, length = 38) => bytesToHex(new Uint8Array(length).fill(number))

const register = (number: number, options: CallOptions = {}) =>
  bench.call('Nodes', 'register', [peerId(number), 1_000n, ENDPOINT], options)

const stake = (minimums: bigint, options: CallOptions = {}) =>
  bench.send('Staking', 'bet', [], { value: minimums * MINIMUM, ...options })

const activeNodes = (owner = ALICE) => bench.view('Nodes', 'activeNodesOf', owner, 0, 100)

describe('register', () => {
  test('numbers nodes over all accounts and keeps what they say', async () => {
    await stake(2n)
    await stake(1n, { from: BOB })
    const outcome = succeeded(await register(1))
    assert.deepEqual(outcome.result, [FIRST])
    assert.deepEqual(eventNames(outcome), ['NodeRegistered'])
    assert.deepEqual(succeeded(await register(1, { from: BOB })).result, [FIRST + 1n])
    assert.deepEqual(succeeded(await register(2)).result, [FIRST + 2n])
    assert.deepEqual(await activeNodes(), [FIRST, FIRST + 2n])
    const first = [checksum(ALICE), true, 1_000n, ENDPOINT, peerId(1), 0n, 0n, false, 0n]
    assert.deepEqual(await bench.view('Nodes', 'nodeOf', FIRST), first)
    const page = (await bench.view('Nodes', 'nodes', FIRST + 1n, 5)) as unknown[][]
    assert.deepEqual(
      page.map((node) => node[0]),
      [checksum(BOB), checksum(ALICE)],
    )
    assert.equal(await bench.view('Nodes', 'nodeCount'), FIRST + 3n)
  })

  test('needs the minimum stake for every node, and for being a candidate', async () => {
    assertReverted(await register(1), 'InsufficientStake', MINIMUM, 0n)
    await stake(1n)
    succeeded(await register(1))
    assertReverted(await register(2), 'InsufficientStake', 2n * MINIMUM, MINIMUM)
    await stake(1n)
    const key = createTestKey(1)
    const proof = await key.proveFor(bench, ALICE)
    await bench.send('Staking', 'registerKey', [key.publicKey, proof, ZERO_ADDRESS])
    assertReverted(await register(2), 'InsufficientStake', 3n * MINIMUM, 2n * MINIMUM)
    await bench.send('Staking', 'resign')
    succeeded(await register(2))
  })

  test('refuses the peer id of an active node of the same account', async () => {
    await stake(2n)
    succeeded(await register(1))
    assertReverted(await register(1), 'NodeExists', FIRST)
    await bench.send('Nodes', 'retire', [FIRST])
    await bench.setSlot(EPOCH_SLOTS)
    assert.deepEqual(succeeded(await register(1)).result, [FIRST + 1n])
  })

  test('comes in another epoch than a retirement, so that one stake makes no rows of nodes', async () => {
    await stake(2n)
    await bench.setSlot(EPOCH_SLOTS + 3n)
    succeeded(await register(1))
    await bench.send('Nodes', 'retire', [FIRST])
    assertReverted(await register(2), 'RegisterLater', 2n * EPOCH_SLOTS)
    await bench.setSlot(2n * EPOCH_SLOTS - 1n)
    assertReverted(await register(2), 'RegisterLater', 2n * EPOCH_SLOTS)
    await bench.send('Staking', 'bet', [], { from: BOB, value: MINIMUM })
    succeeded(await register(2, { from: BOB }))
    await bench.setSlot(2n * EPOCH_SLOTS)
    succeeded(await register(2))
  })

  test('refuses peer ids and capacities out of range', async () => {
    await stake(1n)
    const attempt = (id: string, capacity: bigint) =>
      bench.call('Nodes', 'register', [id, capacity, ENDPOINT])
    assertReverted(await attempt('0x', 1n), 'BadPeerId', 0n)
    assertReverted(await attempt(peerId(1, 65), 1n), 'BadPeerId', 65n)
    assertReverted(await attempt(peerId(1), 0n), 'ZeroCapacity')
    succeeded(await attempt(peerId(1, 64), 1n))
  })
})

describe('update and retire', () => {
  test('are the owner’s alone', async () => {
    await stake(1n)
    succeeded(await register(1))
    const from = BOB
    const owner = checksum(ALICE)
    const update = await bench.call('Nodes', 'update', [FIRST, 2n, ENDPOINT], { from })
    assertReverted(update, 'NotNodeOwner', FIRST, owner)
    const retire = await bench.call('Nodes', 'retire', [FIRST], { from })
    assertReverted(retire, 'NotNodeOwner', FIRST, owner)
    assertReverted(await bench.call('Nodes', 'retire', [FIRST + 1n]), 'UnknownNode', FIRST + 1n)
  })

  test('update changes capacity and endpoint', async () => {
    await stake(1n)
    succeeded(await register(1))
    await bench.send('Nodes', 'update', [FIRST, 77n, `0x${'ab'.repeat(32)}`])
    const node = (await bench.view('Nodes', 'nodeOf', FIRST)) as unknown[]
    assert.deepEqual(node.slice(2, 4), [77n, `0x${'ab'.repeat(32)}`])
    assertReverted(await bench.call('Nodes', 'update', [FIRST, 0n, ENDPOINT]), 'ZeroCapacity')
  })

  test('retiring keeps the record, frees the stake and leaves the other nodes', async () => {
    await stake(3n)
    for (const number of [1, 2, 3]) succeeded(await register(number))
    const outcome = await bench.send('Nodes', 'retire', [FIRST])
    assert.deepEqual(eventNames(outcome), ['NodeLeft'])
    assert.deepEqual(await activeNodes(), [FIRST + 2n, FIRST + 1n])
    assert.equal(await bench.view('Nodes', 'activeNodeCountOf', ALICE), 2n)
    assert.equal(await bench.view('Nodes', 'activeNodeCount'), FIRST + 2n)
    assert.equal(await bench.view('Staking', 'lockedStakeOf', ALICE), 2n * MINIMUM)
    const node = (await bench.view('Nodes', 'nodeOf', FIRST)) as unknown[]
    assert.equal(node[1], false)
    assertReverted(await bench.call('Nodes', 'retire', [FIRST]), 'NodeRetired', FIRST)
    await bench.send('Nodes', 'retire', [FIRST + 2n])
    await bench.send('Nodes', 'retire', [FIRST + 1n])
    assert.deepEqual(await activeNodes(), [])
  })
})

test('an account has at most a thousand nodes', async () => {
  await stake(1_001n)
  await bench.putSystemStorage('Nodes', activeNodesLengthKey(ALICE), 999n)
  succeeded(await register(1))
  const outcome = await bench.call('Nodes', 'register', [peerId(2), 1n, ENDPOINT])
  assertReverted(outcome, 'TooManyNodes', 1_000n)
  assert.equal(await bench.view('Nodes', 'activeNodeCountOf', ALICE), 1_000n)
})

/** Where Nodes counts the active nodes of an account: its second variable, a mapping to lists. */
const activeNodesLengthKey = (owner: Address): Uint8Array =>
  keccak_256(concatBytes(setLengthLeft(owner.bytes, 32), setLengthLeft(bigIntToBytes(1n), 32)))
