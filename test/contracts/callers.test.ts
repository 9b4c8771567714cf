import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { Address } from '@ethereumjs/util'
import { SYSTEM_CONTRACTS, type SystemContractName } from '../../src/protocol/addresses.ts'
import { DAY_SECONDS, GB, GNX } from '../../src/protocol/params.ts'
import { systemContractInterface } from '../../src/protocol/systemContracts.ts'
import { ALICE, ContractBench, encodeCall, succeeded } from '../helpers/contractBench.ts'
import { compileFixture } from '../helpers/fixtureContracts.ts'
import { spaceEscrow } from '../helpers/marketBench.ts'

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
    assert.equal(credit, spaceEscrow(GB * DAY_SECONDS))
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
