import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { Address, hexToBytes, type PrefixedHexString } from '@ethereumjs/util'
import { Wallet } from 'ethers'
import { DAY_SECONDS, GB, GENESIS_PARAMS, GNX } from '../../src/protocol/params.ts'
import { signTrafficReceipt, type TrafficReceipt } from '../../src/protocol/receipts.ts'
import {
  ALICE,
  assertReverted,
  BOB,
  checksum,
  eventNames,
  type Outcome,
  succeeded,
} from '../helpers/contractBench.ts'
import { kept, MarketBench } from '../helpers/marketBench.ts'
import { FARMERS } from '../helpers/replicaBench.ts'

const { trafficPriceWei } = GENESIS_PARAMS
const buyer = new Wallet(`0x${'b1'.repeat(32)}`)
const BUYER = new Address(hexToBytes(buyer.address.toLowerCase() as PrefixedHexString))
const FARMER = FARMERS[0]!.address
const MOST = (1n << 64n) - 1n

let market: MarketBench
beforeEach(async () => {
  market = await MarketBench.create()
  await market.bench.fund(BUYER)
})

const buyTraffic = (trafficBytes: bigint) =>
  market.bench.send('StorageMarket', 'buyTraffic', [trafficBytes], { from: BUYER, value: GNX })

const receiptOf = (cumulativeBytes: bigint, terms: Partial<TrafficReceipt> = {}) => ({
  buyer: buyer.address,
  farmer: checksum(FARMER),
  channel: 0n,
  cumulativeBytes,
  ...terms,
})

const redeemSigned = (receipt: TrafficReceipt, signature: string, from = FARMER) =>
  market.bench.call('StorageMarket', 'redeemTraffic', [receipt, signature], { from })

async function redeem(
  cumulativeBytes: bigint,
  terms: Partial<TrafficReceipt> = {},
  from = FARMER,
): Promise<Outcome> {
  const receipt = receiptOf(cumulativeBytes, terms)
  const { signature } = await signTrafficReceipt(buyer, market.bench.genesis.chainId, receipt)
  return redeemSigned(receipt, signature, from)
}

const left = () => market.view('trafficOf', BUYER)
const escrow = () => market.view('trafficEscrowOf', BUYER)

describe('redeemTraffic', () => {
  test('pays the farmer the price of the bytes without the burned share, out of the buyer’s', async () => {
    await buyTraffic(10n * GB)
    const before = await market.bench.balanceOf(FARMER)
    const outcome = succeeded(await redeem(3n * GB))
    const amount = kept(3n * trafficPriceWei)
    assert.equal(await market.bench.balanceOf(FARMER), before + amount)
    assert.equal(await left(), 7n * GB)
    assert.equal(await escrow(), kept(7n * trafficPriceWei))
    assert.deepEqual(eventNames(outcome), ['TrafficRedeemed'])
    const expected = [buyer.address, checksum(FARMER), 0n, 3n * GB, 0n, amount]
    assert.deepEqual([...outcome.events[0]!.args], expected)
  })

  test('1 GB of space with 10 GB of traffic gives exactly ten downloads', async () => {
    const size = GB
    const purchase = { sizeBytes: size, termSeconds: DAY_SECONDS }
    await market.bought(purchase, { from: BUYER })
    const bundled = (await left()) as bigint
    await buyTraffic(10n * size)
    const before = await market.bench.balanceOf(FARMER)
    for (let download = 1n; download <= 10n; download++) {
      const outcome = succeeded(await redeem(download * size))
      assert.deepEqual([...outcome.events[0]!.args].slice(3, 5), [size, 0n])
    }
    assert.equal(await left(), bundled)
    const eleventh = succeeded(await redeem(11n * size))
    assert.deepEqual([...eleventh.events[0]!.args].slice(3, 5), [bundled, size - bundled])
    assert.equal(await left(), 0n)
    assert.equal(await escrow(), 0n)
    assertReverted(await redeem(12n * size), 'NoTraffic', buyer.address)
    const paid = (await market.bench.balanceOf(FARMER)) - before
    assert.ok(paid >= kept(10n * trafficPriceWei))
  })

  test('pays a receipt once; a later one of the channel pays what it adds', async () => {
    await buyTraffic(10n * GB)
    succeeded(await redeem(2n * GB))
    assertReverted(await redeem(2n * GB), 'AlreadyRedeemed', 2n * GB)
    assertReverted(await redeem(GB), 'AlreadyRedeemed', 2n * GB)
    assertReverted(await redeem(0n, { channel: 1n }), 'AlreadyRedeemed', 0n)
    succeeded(await redeem(2n * GB + 1n))
    assert.equal(await left(), 8n * GB - 1n)
    const redeemed = await market.view('redeemedTrafficOf', BUYER, FARMER, 0)
    assert.equal(redeemed, 2n * GB + 1n)
  })

  test('counts every channel and farmer for itself', async () => {
    await buyTraffic(10n * GB)
    succeeded(await redeem(GB))
    succeeded(await redeem(GB, { channel: 1n }))
    succeeded(await redeem(GB, { channel: MOST }))
    const other = checksum(FARMERS[1]!.address)
    succeeded(await redeem(GB, { farmer: other }))
    assert.equal(await left(), 6n * GB)
  })

  test('pays the farmer whoever hands the receipt in', async () => {
    await buyTraffic(GB)
    const before = await market.bench.balanceOf(FARMER)
    const bob = await market.bench.balanceOf(BOB)
    succeeded(await redeem(GB, {}, BOB))
    assert.equal(await market.bench.balanceOf(FARMER), before + kept(trafficPriceWei))
    assert.equal(await market.bench.balanceOf(BOB), bob)
  })

  test('pays only what the credit covers, and the rest once there is more', async () => {
    await buyTraffic(GB)
    const first = succeeded(await redeem(3n * GB))
    assert.deepEqual([...first.events[0]!.args].slice(3, 5), [GB, 2n * GB])
    assert.equal(await left(), 0n)
    assertReverted(await redeem(3n * GB), 'NoTraffic', buyer.address)
    await buyTraffic(5n * GB)
    const second = succeeded(await redeem(3n * GB))
    assert.deepEqual([...second.events[0]!.args].slice(3, 5), [2n * GB, 0n])
    assertReverted(await redeem(3n * GB), 'AlreadyRedeemed', 3n * GB)
  })

  test('takes the largest receipt without overflow', async () => {
    await buyTraffic(GB)
    succeeded(await redeem(MOST))
    assert.equal(await left(), 0n)
    await buyTraffic(GB)
    succeeded(await redeem(MOST))
    assert.equal(await market.view('redeemedTrafficOf', BUYER, FARMER, 0), 2n * GB)
  })

  test('never takes another buyer’s traffic or coins', async () => {
    await market.bench.send('StorageMarket', 'buyTraffic', [10n * GB], { value: GNX })
    assertReverted(await redeem(GB), 'NoTraffic', buyer.address)
    assert.equal(await market.view('trafficOf', ALICE), 10n * GB)
    const receipt = receiptOf(GB, { buyer: checksum(ALICE) })
    const { signature } = await signTrafficReceipt(buyer, market.bench.genesis.chainId, receipt)
    assertReverted(await redeemSigned(receipt, signature), 'BadBuyerSignature', checksum(ALICE))
  })

  test('bundled traffic is paid for out of the fee of its space', async () => {
    const year = 365n * DAY_SECONDS
    await market.bought({ sizeBytes: GB, termSeconds: year }, { from: BUYER })
    assert.equal(await left(), GB)
    const before = await market.bench.balanceOf(FARMER)
    succeeded(await redeem(GB))
    assert.equal(await market.bench.balanceOf(FARMER), before + kept(trafficPriceWei))
    assert.equal(await escrow(), 0n)
  })

  test('refuses signatures for another chain, contract or receipt, and malformed ones', async () => {
    await buyTraffic(GB)
    const { chainId } = market.bench.genesis
    const receipt = receiptOf(GB)
    const { signature } = await signTrafficReceipt(buyer, chainId, receipt)
    const foreign = await signTrafficReceipt(buyer, chainId + 1n, receipt)
    const refused = async (changed: TrafficReceipt, bytes: string) =>
      assertReverted(await redeemSigned(changed, bytes), 'BadBuyerSignature')
    await refused(receipt, foreign.signature)
    await refused(receiptOf(2n * GB), signature)
    await refused(receiptOf(GB, { channel: 1n }), signature)
    await refused(receiptOf(GB, { farmer: checksum(BOB) }), signature)
    await refused(receiptOf(GB, { buyer: checksum(BOB) }), signature)
    await refused(receiptOf(GB, { buyer: `0x${'00'.repeat(20)}` }), `0x${'00'.repeat(65)}`)
    for (const bytes of ['0x', signature.slice(0, -2), `${signature}00`])
      await refused(receipt, bytes)
    assert.equal(await left(), GB)
    succeeded(await redeemSigned(receipt, signature))
  })
})
