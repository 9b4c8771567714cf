import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { Address, bytesToHex } from '@ethereumjs/util'
import { systemContractAddress } from '../../src/protocol/addresses.ts'
import { createDevnetFarmers } from '../../src/protocol/devnetFarmers.ts'
import { GNX } from '../../src/protocol/params.ts'
import {
  ALICE,
  assertReverted,
  BOB,
  checksum,
  eventNames,
  succeeded,
} from '../helpers/contractBench.ts'
import { EarningBench } from '../helpers/earningBench.ts'
import { BUCKET, FARMERS, FILE } from '../helpers/replicaBench.ts'
import { createTestKey } from '../helpers/validatorKey.ts'

const MINIMUM = 5_000n * GNX
const PRICE = 10n ** 15n
const FARMER = FARMERS[0]!.address
const ZERO = new Address(new Uint8Array(20))
const ENDPOINT = `0x${'e1'.repeat(32)}`
const INSPECTIONS = systemContractAddress('Inspections')

let earnings: EarningBench
beforeEach(async () => {
  earnings = await EarningBench.create()
})

const bench = () => earnings.replicas.bench
const view = (contract: 'Nodes' | 'Staking', method: string, ...args: unknown[]) =>
  bench().view(contract, method, ...args)

/** Lets the node miss its challenges until it is discharged; the outcome of the last step. */
async function discharge(node = 0) {
  let outcome = await earnings.inspections.missed(node)
  for (let miss = 1; miss < 3; miss++) outcome = await earnings.inspections.missed(node)
  return outcome
}

describe('a node that misses three challenges in a row', () => {
  test('leaves both lists, and its owner’s minimum stake is burned', async () => {
    await earnings.earning(PRICE)
    const burned = await bench().balanceOf(ZERO)
    const total = (await view('Staking', 'totalStake')) as bigint
    const outcome = await discharge()
    assert.ok(eventNames(outcome).includes('NodeDischarged'))
    const discharged = outcome.events.find(({ name }) => name === 'Discharged')
    assert.deepEqual([...discharged!.args], [0n, checksum(FARMER), MINIMUM])
    assert.equal(await view('Nodes', 'activeNodeCount'), 5n)
    assert.equal(await view('Nodes', 'activeNodeCountOf', FARMER), 0n)
    assert.deepEqual(await view('Nodes', 'activeNodes', 0, 10), [5n, 1n, 2n, 3n, 4n])
    const node = (await view('Nodes', 'nodeOf', 0)) as unknown[]
    assert.equal(node[1], false)
    assert.equal(node[7], true)
    assert.equal(node[8], bench().time - 2n)
    assert.equal(await view('Nodes', 'isDischarged', 0), true)
    assert.equal(await view('Staking', 'stakeOf', FARMER), 0n)
    assert.equal(await view('Staking', 'totalStake'), total - MINIMUM)
    assert.equal(await bench().balanceOf(ZERO), burned + MINIMUM)
  })

  test('takes no replicas, and cannot retire', async () => {
    await earnings.earning(PRICE)
    await discharge()
    const { replicas } = earnings
    assertReverted(await replicas.register([replicas.offer()]), 'NodeRetired', 0n)
    const retire = await bench().call('Nodes', 'retire', [0], { from: FARMER })
    assertReverted(retire, 'NodeRetired', 0n)
  })

  test('gives its replicas free for anyone to release: what it proved is paid, the rest goes back', async () => {
    const escrow = await earnings.replicas.escrow()
    const { id } = await earnings.earning(PRICE)
    await earnings.proven(2n)
    const refused = await earnings.replicas.release([id], { from: BOB })
    assertReverted(refused, 'ReplicaRuns')
    await discharge()
    succeeded(await earnings.replicas.release([id], { from: BOB }))
    assert.equal(await earnings.credit(), PRICE / 5n)
    assert.equal(await earnings.replicas.escrow(), escrow - PRICE / 5n)
    assert.deepEqual(await earnings.replicas.nodeUse(0n), [0n, 0n])
    assert.deepEqual(await earnings.replicas.view('replicasOfFile', BUCKET, FILE, 0, 10), [])
  })

  test('may begin anew with new stake, under the same peer id and another index', async () => {
    await earnings.earning(PRICE)
    await discharge()
    const peerId = bytesToHex(createDevnetFarmers()[0]!.peerId)
    const register = () =>
      bench().call('Nodes', 'register', [peerId, 1n, ENDPOINT], { from: FARMER })
    assertReverted(await register(), 'InsufficientStake', MINIMUM, 0n)
    await bench().send('Staking', 'bet', [], { from: FARMER, value: MINIMUM })
    assert.deepEqual(succeeded(await register()).result, [6n])
  })

  test('leaves the replicas of other nodes alone', async () => {
    const { id } = await earnings.earning(PRICE, 1)
    await earnings.earning(PRICE)
    for (let miss = 0; miss < 3; miss++) {
      await earnings.inspections.passed(1)
      await earnings.inspections.missed(0)
    }
    assert.equal(await view('Nodes', 'isDischarged', 1), false)
    assertReverted(await earnings.replicas.release([id], { from: BOB }), 'ReplicaRuns')
  })
})

describe('slash', () => {
  const slash = (account: Address, amountWei: bigint, from = INSPECTIONS) =>
    bench().call('Staking', 'slash', [account, amountWei], { from })
  const stake = (amountWei: bigint) => bench().send('Staking', 'bet', [], { value: amountWei })

  test('takes from the stake first, then from what is unbonding, the last to be released first', async () => {
    await stake(10n)
    await bench().send('Staking', 'unstake', [3n])
    await bench().setSlot(1_000n)
    await bench().send('Staking', 'unstake', [4n])
    const burned = await bench().balanceOf(ZERO)
    assert.deepEqual(succeeded(await slash(ALICE, 5n)).result, [5n])
    const unbonding = (await view('Staking', 'unbondingOf', ALICE)) as bigint[][]
    assert.deepEqual(
      unbonding.map(([amountWei]) => amountWei),
      [3n, 2n],
    )
    const outcome = succeeded(await slash(ALICE, 9n))
    assert.deepEqual(outcome.result, [5n])
    assert.deepEqual([...outcome.events[0]!.args], [checksum(ALICE), 5n, 0n])
    assert.deepEqual(await view('Staking', 'unbondingOf', ALICE), [])
    assert.equal(await bench().balanceOf(ZERO), burned + 10n)
    assert.deepEqual(succeeded(await slash(ALICE, 9n)).result, [0n])
  })

  test('ends the candidacy of an account that no longer has the stake for it', async () => {
    await stake(MINIMUM + 1n)
    const key = createTestKey(1)
    const proof = await key.proveFor(bench(), ALICE)
    await bench().send('Staking', 'registerKey', [key.publicKey, proof, ZERO])
    assert.deepEqual(eventNames(succeeded(await slash(ALICE, 1n))), ['Slashed'])
    assert.equal(await view('Staking', 'isCandidate', ALICE), true)
    const outcome = succeeded(await slash(ALICE, 1n))
    assert.deepEqual(eventNames(outcome), ['CandidateLeft', 'Slashed'])
    assert.equal(await view('Staking', 'isCandidate', ALICE), false)
    assert.equal(await view('Staking', 'candidateCount'), 1n)
    await stake(1n)
    assert.equal(await view('Staking', 'isCandidate', ALICE), true)
  })

  test('is for Inspections alone', async () => {
    await stake(1n)
    for (const from of [
      ALICE,
      systemContractAddress('Nodes'),
      systemContractAddress('SentinelGroups'),
    ]) {
      assertReverted(await slash(ALICE, 1n, from), 'OnlyInspections', checksum(from))
    }
  })
})

test('what the auditors, the protocol or single contracts may do refuses everyone else', async () => {
  const { id } = await earnings.earning(PRICE)
  const refusals: ['Nodes' | 'Replicas' | 'Heft' | 'Inspections', string, unknown[], string][] = [
    ['Nodes', 'discharge', [0], 'OnlyInspections'],
    ['Replicas', 'forfeit', [id], 'OnlyAuditors'],
    ['Heft', 'sync', [], 'OnlySystem'],
    ['Heft', 'nodeLeft', [0, FARMER], 'OnlyNodes'],
    ['Heft', 'farmerEarned', [ALICE, GNX], 'OnlyReplicas'],
    ['Inspections', 'strike', [0], 'OnlyContract'],
  ]
  for (const [contract, method, args, error] of refusals) {
    assertReverted(await bench().call(contract, method, args, { from: FARMER }), error)
  }
})
