import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { Address, hexToBytes, type PrefixedHexString } from '@ethereumjs/util'
import { getCreate2Address, keccak256 } from 'ethers'
import { FunctionFragment, Interface } from 'ethers/abi'
import {
  CREATE2_DEPLOYER,
  SYSTEM_CONTRACTS,
  type SystemContractName,
} from '../../src/protocol/addresses.ts'
import { BEACON_RING_LENGTH, DAY_SECONDS, GB, GNX } from '../../src/protocol/params.ts'
import { beaconRingKeys, heftKey, totalHeftKey } from '../../src/protocol/slots.ts'
import { systemContractInterface } from '../../src/protocol/systemContracts.ts'
import {
  ALICE,
  assertReverted,
  BOB,
  ContractBench,
  checksum,
  encodeCall,
  succeeded,
} from '../helpers/contractBench.ts'
import { compileFixture } from '../helpers/fixtureContracts.ts'

const NAMES = Object.keys(SYSTEM_CONTRACTS) as SystemContractName[]
const TAG = `0x${'01'.repeat(12)}`
const actorSource = compileFixture('Actor')

let bench: ContractBench
let actor: { address: Address; abi: ReturnType<typeof systemContractInterface> }
beforeEach(async () => {
  bench = await ContractBench.create()
  actor = await bench.deploy(actorSource.abi, actorSource.creationBytecode)
})

const callData = (name: SystemContractName, method: string, args: unknown[] = []) =>
  encodeCall(systemContractInterface(name), method, args)

/** Has the actor contract call a system contract. */
const throughActor = (
  act: string,
  name: SystemContractName,
  method: string,
  args: unknown[] = [],
  value = 0n,
) => bench.call(actor, act, [SYSTEM_CONTRACTS[name], callData(name, method, args)], { value })

describe('every system contract', () => {
  test('refuses coins that are sent without a purpose', async () => {
    for (const name of NAMES) {
      const error = name === 'StorageView' ? 'ValueRefused' : 'PlainTransferRefused'
      assertReverted(await bench.callRaw(name, new Uint8Array(0), { value: 1n }), error)
    }
  })

  test('refuses a function it does not have, and calldata too short for one', async () => {
    for (const name of NAMES) {
      const unknown = await bench.callRaw(name, hexToBytes('0xdeadbeef'))
      assertReverted(unknown, 'UnknownFunction', '0xdeadbeef')
      const short = await bench.callRaw(name, hexToBytes('0x010203'))
      assert.equal(short.failure, 'revert')
      assert.ok(short.error !== undefined)
    }
  })

  test('refuses coins sent along with a function that takes none', async () => {
    for (const name of NAMES) {
      const { fragments } = systemContractInterface(name)
      for (const fragment of fragments.filter((entry) => entry instanceof FunctionFragment)) {
        if (fragment.payable) continue
        const padded = new Uint8Array(4 + 10 * 32)
        padded.set(hexToBytes(fragment.selector as PrefixedHexString))
        const outcome = await bench.callRaw(name, padded, { value: 1n })
        assert.equal(outcome.failure, 'revert', `${name}.${fragment.format()}`)
      }
    }
  })

  test('writes nothing in a static call', async () => {
    succeeded(await throughActor('act', 'Staking', 'bet', [], 6_000n * GNX))
    const writes: [SystemContractName, string, unknown[]][] = [
      ['Staking', 'setPayee', [BOB]],
      ['Staking', 'unstake', [1]],
      ['Nodes', 'register', ['0x01', 1, `0x${'00'.repeat(32)}`]],
      ['StorageMarket', 'withdrawCredit', []],
      ['StorageView', 'dataVersionUpdate', [ALICE, `0x${'00'.repeat(32)}`]],
    ]
    for (const [name, method, args] of writes) {
      const outcome = succeeded(await throughActor('actStatically', name, method, args))
      assert.deepEqual(outcome.result, [false], `${name}.${method} succeeded`)
    }
    const views: [SystemContractName, string, unknown[]][] = [
      ['Staking', 'stakeOf', [ALICE]],
      ['StorageView', 'sentinelHeft', [ALICE]],
    ]
    for (const [name, method, args] of views) {
      const outcome = succeeded(await throughActor('actStatically', name, method, args))
      assert.deepEqual(outcome.result, [true], `${name}.${method} failed`)
    }
  })
})

describe('a revert', () => {
  test('of the calling frame undoes the stake together with the payment', async () => {
    const before = await bench.view('Staking', 'totalStake')
    const value = 5_000n * GNX
    const outcome = succeeded(await throughActor('actInRevertedFrame', 'Staking', 'bet', [], value))
    assert.deepEqual(outcome.result, [false])
    assert.deepEqual(outcome.events, [])
    assert.equal(await bench.view('Staking', 'stakeOf', actor.address), 0n)
    assert.equal(await bench.view('Staking', 'totalStake'), before)
    assert.equal(await bench.balanceOf(actor.address), value)
  })

  test('of the calling frame undoes a purchase, its burn and its traffic', async () => {
    const zero = new Address(new Uint8Array(20))
    const burned = await bench.balanceOf(zero)
    const args = [TAG, GB, DAY_SECONDS, 1, 0]
    const outcome = succeeded(
      await throughActor('actInRevertedFrame', 'StorageMarket', 'buySpace', args, GNX),
    )
    assert.deepEqual(outcome.result, [false])
    assert.equal(await bench.view('StorageMarket', 'bucketCount'), 0n)
    assert.equal(await bench.view('StorageMarket', 'trafficOf', actor.address), 0n)
    assert.equal(await bench.balanceOf(zero), burned)
  })
})

describe('a contract', () => {
  test('stakes, buys space and takes its stake back like any account', async () => {
    succeeded(await throughActor('act', 'Staking', 'bet', [], GNX))
    assert.equal(await bench.view('Staking', 'stakeOf', actor.address), GNX)
    assert.equal(await bench.view('Staking', 'stakeOf', ALICE), 0n)
    const args = [TAG, GB, DAY_SECONDS, 1, 0]
    succeeded(await throughActor('act', 'StorageMarket', 'buySpace', args, GNX))
    const id = `${actor.address}${TAG.slice(2)}`
    assert.equal(await bench.view('StorageView', 'ssize', actor.address, id), GB)
    succeeded(await throughActor('act', 'Staking', 'unstake', [GNX]))
    await bench.setSlot(80n)
    const before = await bench.balanceOf(actor.address)
    succeeded(await throughActor('act', 'Staking', 'withdraw'))
    assert.equal(await bench.balanceOf(actor.address), before + GNX)
  })

  test('cannot write a system contract’s state by delegating to its code', async () => {
    const outcome = await throughActor('actByDelegation', 'Staking', 'bet', [], GNX)
    assert.equal(outcome.failure, undefined)
    assert.equal(await bench.view('Staking', 'stakeOf', actor.address), 0n)
    assert.equal(await bench.view('Staking', 'stakeOf', ALICE), 0n)
  })

  test('that re-enters withdraw is paid once', async () => {
    succeeded(await throughActor('act', 'Staking', 'bet', [], 10n * GNX))
    succeeded(await throughActor('act', 'Staking', 'unstake', [GNX]))
    await bench.setSlot(80n)
    const data = callData('Staking', 'withdraw')
    await bench.send(actor, 'reenterWith', [SYSTEM_CONTRACTS.Staking, data])
    succeeded(await throughActor('act', 'Staking', 'withdraw'))
    assert.equal(await bench.view(actor, 'reentries'), 1n)
    assert.equal(await bench.view(actor, 'reentrySucceeded'), false)
    assert.equal(await bench.balanceOf(actor.address), GNX)
  })

  test('that re-enters withdrawCredit is paid once', async () => {
    const args = [TAG, GB, DAY_SECONDS, 1, 0]
    const price = 5n * 10n ** 14n
    succeeded(await throughActor('act', 'StorageMarket', 'buySpace', args, price))
    await bench.send('StorageMarket', 'buyTraffic', [100n * GB], { value: 5n * GNX })
    bench.time += DAY_SECONDS
    await bench.send('StorageMarket', 'buySpace', [TAG, GB, DAY_SECONDS, 1, 1], { value: GNX })
    const credit = (await bench.view('StorageMarket', 'creditOf', actor.address)) as bigint
    assert.equal(credit, price - price / 10n)
    const data = callData('StorageMarket', 'withdrawCredit')
    await bench.send(actor, 'reenterWith', [SYSTEM_CONTRACTS.StorageMarket, data])
    succeeded(await throughActor('act', 'StorageMarket', 'withdrawCredit'))
    assert.equal(await bench.view(actor, 'reentrySucceeded'), false)
    assert.equal(await bench.balanceOf(actor.address), credit)
  })

  test('that buys again while it gets its change has paid for both, once each', async () => {
    const price = 10n * (GNX / 20n)
    await bench.send(actor, 'reenterWith', [
      SYSTEM_CONTRACTS.StorageMarket,
      callData('StorageMarket', 'buyTraffic', [10n * GB]),
    ])
    const outcome = await throughActor('act', 'StorageMarket', 'buyTraffic', [10n * GB], 2n * price)
    succeeded(outcome)
    // The actor re-enters without value, so only the first purchase stands.
    assert.equal(await bench.view(actor, 'reentrySucceeded'), false)
    assert.equal(await bench.view('StorageMarket', 'trafficOf', actor.address), 10n * GB)
    assert.equal(await bench.balanceOf(actor.address), price)
  })

  test('that refuses its change or its stake undoes only its own call', async () => {
    succeeded(await throughActor('act', 'Staking', 'bet', [], GNX))
    succeeded(await throughActor('act', 'Staking', 'unstake', [GNX]))
    await bench.setSlot(80n)
    await bench.send(actor, 'refusePayments')
    const withdraw = await throughActor('act', 'Staking', 'withdraw')
    assert.equal(withdraw.failure, 'revert')
    assert.equal(
      ((await bench.view('Staking', 'unbondingOf', actor.address)) as unknown[]).length,
      1,
    )
    const buy = await throughActor('act', 'StorageMarket', 'buyTraffic', [GB], GNX)
    assert.equal(buy.failure, 'revert')
    assert.equal(await bench.view('StorageMarket', 'trafficOf', actor.address), 0n)
    const exact = await throughActor('act', 'StorageMarket', 'buyTraffic', [GB], GNX / 20n)
    assert.equal(exact.failure, undefined)
  })
})

describe('Beacon', () => {
  const mix = (number: number) => BigInt(`0x${number.toString(16).padStart(2, '0').repeat(32)}`)
  const write = async (slot: bigint, value: bigint) => {
    const keys = beaconRingKeys(slot)
    await bench.putSystemStorage('Beacon', keys.slot, slot)
    await bench.putSystemStorage('Beacon', keys.mix, value)
  }

  test('tells the slot and its epoch', async () => {
    await bench.setSlot(29n)
    assert.equal(await bench.view('Beacon', 'currentSlot'), 29n)
    assert.equal(await bench.view('Beacon', 'currentEpoch'), 2n)
  })

  test('gives a past mix while its entry stands in the ring', async () => {
    await write(0n, mix(1))
    await write(5n, mix(2))
    assert.equal(BigInt((await bench.view('Beacon', 'mixAt', 0)) as string), mix(1))
    assert.equal(BigInt((await bench.view('Beacon', 'mixAt', 5)) as string), mix(2))
    await write(5n + BEACON_RING_LENGTH, mix(3))
    const later = (await bench.view('Beacon', 'mixAt', 5n + BEACON_RING_LENGTH)) as string
    assert.equal(BigInt(later), mix(3))
    assertReverted(await bench.call('Beacon', 'mixAt', [5]), 'SlotNotInRing', 5n)
  })

  test('has no mix for slots without a block, not even for slot 0', async () => {
    assertReverted(await bench.call('Beacon', 'mixAt', [0]), 'SlotNotInRing', 0n)
    assertReverted(await bench.call('Beacon', 'mixAt', [BEACON_RING_LENGTH]), 'SlotNotInRing')
    assertReverted(await bench.call('Beacon', 'mixAt', [(1n << 256n) - 1n]), 'SlotNotInRing')
  })
})

test('Heft reads what the protocol wrote', async () => {
  await bench.putSystemStorage('Heft', heftKey(ALICE), 12n)
  await bench.putSystemStorage('Heft', totalHeftKey, 30n)
  assert.equal(await bench.view('Heft', 'heftOf', ALICE), 12n)
  assert.equal(await bench.view('Heft', 'heftOf', BOB), 0n)
  assert.equal(await bench.view('Heft', 'totalHeft'), 30n)
})

test('the devnet’s validator is a candidate from genesis on, as if it had bet itself', async () => {
  const [validator] = bench.genesis.validators
  const owner = new Address(hexToBytes(validator!.address))
  assert.deepEqual(await bench.view('Staking', 'candidates', 0, 10), [checksum(owner)])
  assert.equal(await bench.view('Staking', 'isCandidate', owner), true)
  assert.equal(await bench.view('Staking', 'stakeOf', owner), 5_000n * GNX)
  assert.equal(await bench.view('Staking', 'payeeOf', owner), checksum(owner))
  const staking = new Address(hexToBytes(SYSTEM_CONTRACTS.Staking))
  assert.equal(await bench.balanceOf(staking), 5_000n * GNX)
  await bench.send('Staking', 'resign', [], { from: owner })
  await bench.send('Staking', 'unstake', [5_000n * GNX], { from: owner })
  assert.equal(await bench.view('Staking', 'totalStake'), 0n)
})

test('the CREATE2 deployer of the devnet puts code where tools expect it', async () => {
  const bench = await ContractBench.create()
  const deployer = { address: new Address(hexToBytes(CREATE2_DEPLOYER)), abi: new Interface([]) }
  // Returns one byte of code: STOP.
  const initCode = '0x600160005360016000f3'
  const salt = `0x${'5a'.repeat(32)}`
  const data = hexToBytes(`${salt}${initCode.slice(2)}` as `0x${string}`)
  const { returnData } = succeeded(await bench.callRaw(deployer, data))
  const expected = getCreate2Address(CREATE2_DEPLOYER, salt, keccak256(initCode))
  assert.deepEqual(returnData, hexToBytes(expected.toLowerCase() as `0x${string}`))
})
