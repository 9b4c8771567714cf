import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { Address, hexToBytes, type PrefixedHexString } from '@ethereumjs/util'
import { Wallet } from 'ethers'
import { Interface } from 'ethers/abi'
import { SYSTEM_CONTRACTS, type SystemContractName } from '../../src/protocol/addresses.ts'
import { GB, GNX } from '../../src/protocol/params.ts'
import { signTrafficReceipt } from '../../src/protocol/receipts.ts'
import { systemContractInterface } from '../../src/protocol/systemContracts.ts'
import { ALICE, assertReverted, checksum, encodeCall, succeeded } from '../helpers/contractBench.ts'
import { EarningBench } from '../helpers/earningBench.ts'
import { compileFixture } from '../helpers/fixtureContracts.ts'
import { FARMERS, type ReplicaBench } from '../helpers/replicaBench.ts'

const PRICE = 10n ** 15n
const FARMER = FARMERS[0]!.address
const buyer = new Wallet(`0x${'b1'.repeat(32)}`)
const BUYER = new Address(hexToBytes(buyer.address.toLowerCase() as PrefixedHexString))
const actorSource = compileFixture('Actor')

/** The farmer's own account, which has the code of the actor (as EIP-7702 lets it). */
const actor = { address: FARMER, abi: new Interface(JSON.stringify(actorSource.abi)) }

let earnings: EarningBench
let replicas: ReplicaBench
beforeEach(async () => {
  earnings = await EarningBench.create()
  replicas = earnings.replicas
  const code = hexToBytes(actorSource.runtimeBytecode as PrefixedHexString)
  await replicas.bench.evm.stateManager.putCode(FARMER, code)
})

const reenterWith = (name: SystemContractName, method: string, args: unknown[]) =>
  replicas.bench.send(actor, 'reenterWith', [
    SYSTEM_CONTRACTS[name],
    encodeCall(systemContractInterface(name), method, args),
  ])

const reentry = async () => ({
  count: await replicas.bench.view(actor, 'reentries'),
  succeeded: await replicas.bench.view(actor, 'reentrySucceeded'),
})

async function signReceipt(cumulativeBytes: bigint) {
  const receipt = { buyer: buyer.address, farmer: checksum(FARMER), channel: 0n, cumulativeBytes }
  return [
    receipt,
    (await signTrafficReceipt(buyer, replicas.bench.genesis.chainId, receipt)).signature,
  ]
}

describe('a farmer with code', () => {
  test('that re-enters collect while it is paid is paid once', async () => {
    const { id } = await earnings.earning(PRICE)
    await earnings.earning(PRICE, 1)
    await earnings.proven(10n)
    await reenterWith('Replicas', 'collect', [[id]])
    const before = await replicas.bench.balanceOf(FARMER)
    succeeded(await replicas.collect([id]))
    assert.deepEqual(await reentry(), { count: 1n, succeeded: false })
    assert.equal(await replicas.bench.balanceOf(FARMER), before + PRICE)
    assert.equal(await replicas.reserved(), PRICE)
  })

  test('that releases its ended replica while it collects gets no coin twice', async () => {
    const { id } = await earnings.earning(PRICE)
    await earnings.proven(10n)
    await reenterWith('Replicas', 'release', [[id]])
    succeeded(await replicas.collect([id]))
    assert.equal((await reentry()).succeeded, true)
    assert.equal(await replicas.market.credit(FARMER), 0n)
    assert.equal(await replicas.reserved(), 0n)
    assert.deepEqual(await replicas.nodeUse(0n), [0n, 0n])
  })

  test('that re-enters with the receipt it is being paid for is paid once', async () => {
    await replicas.bench.fund(BUYER)
    const purchase = { from: BUYER, value: GNX }
    await replicas.bench.send('StorageMarket', 'buyTraffic', [10n * GB], purchase)
    const args = await signReceipt(GB)
    await reenterWith('StorageMarket', 'redeemTraffic', args)
    succeeded(await replicas.bench.call('StorageMarket', 'redeemTraffic', args))
    assert.deepEqual(await reentry(), { count: 1n, succeeded: false })
    assert.equal(await replicas.market.view('trafficOf', BUYER), 9n * GB)
  })

  test('that refuses coins loses nothing, and keeps nobody from releasing', async () => {
    const { id } = await earnings.earning(PRICE)
    await replicas.bench.send(actor, 'refusePayments')
    await earnings.proven(5n)
    assertReverted(await replicas.collect([id]), 'PaymentRefused')
    assert.equal(await replicas.reserved(), PRICE)
    succeeded(await replicas.release([id], { from: ALICE }))
    assert.equal(await replicas.market.credit(FARMER), PRICE / 2n)
  })
})
