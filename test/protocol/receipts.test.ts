import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { TypedDataEncoder, verifyTypedData, Wallet } from 'ethers'
import { SYSTEM_CONTRACTS } from '../../src/protocol/addresses.ts'
import {
  signTrafficReceipt,
  type TrafficReceipt,
  trafficReceiptData,
  verifyTrafficReceipt,
} from '../../src/protocol/receipts.ts'
import { ContractBench } from '../helpers/contractBench.ts'

const CHAIN_ID = 31_300n
const buyer = new Wallet(`0x${'11'.repeat(32)}`)
const farmer = new Wallet(`0x${'22'.repeat(32)}`)

const receipt: TrafficReceipt = {
  buyer: buyer.address,
  farmer: farmer.address,
  channel: 5n,
  cumulativeBytes: 1_234_567n,
}

describe('a traffic receipt', () => {
  test('is typed data of the StorageMarket contract that any wallet signs', async () => {
    const { signature } = await signTrafficReceipt(buyer, CHAIN_ID, receipt)
    const domain = trafficReceiptData.domain(CHAIN_ID)
    assert.equal(domain.verifyingContract, SYSTEM_CONTRACTS.StorageMarket)
    assert.equal(
      verifyTypedData(domain, trafficReceiptData.types, receipt, signature),
      buyer.address,
    )
    const bench = await ContractBench.create()
    const separator = await bench.view('StorageMarket', 'trafficDomain')
    assert.equal(separator, TypedDataEncoder.hashDomain(domain))
  })

  test('holds for its buyer, its bytes and one chain', async () => {
    const signed = await signTrafficReceipt(buyer, CHAIN_ID, receipt)
    assert.equal(verifyTrafficReceipt(CHAIN_ID, signed), true)
    assert.equal(verifyTrafficReceipt(CHAIN_ID + 1n, signed), false)
    const more = { ...signed, cumulativeBytes: signed.cumulativeBytes + 1n }
    assert.equal(verifyTrafficReceipt(CHAIN_ID, more), false)
    assert.equal(verifyTrafficReceipt(CHAIN_ID, { ...signed, channel: 6n }), false)
    assert.equal(verifyTrafficReceipt(CHAIN_ID, { ...signed, buyer: farmer.address }), false)
    assert.equal(verifyTrafficReceipt(CHAIN_ID, { ...signed, farmer: buyer.address }), false)
  })

  test('that is malformed is refused without an exception', async () => {
    const signed = await signTrafficReceipt(buyer, CHAIN_ID, receipt)
    for (const change of [
      { signature: '0x' },
      { signature: signed.signature.slice(0, 130) },
      { cumulativeBytes: 1n << 64n },
      { channel: -1n },
      { buyer: '0x12' },
      { farmer: 'farmer.eth' },
    ]) {
      assert.equal(verifyTrafficReceipt(CHAIN_ID, { ...signed, ...change }), false)
    }
  })
})
