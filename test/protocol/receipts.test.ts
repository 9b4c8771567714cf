import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { bytesToHex, hexToBytes, type PrefixedHexString } from '@ethereumjs/util'
import { TypedDataEncoder, verifyTypedData, Wallet } from 'ethers'
import { publicKeyToAddress, recoverPublicKey } from '../../src/crypto/secp256k1.ts'
import { SYSTEM_CONTRACTS } from '../../src/protocol/addresses.ts'
import {
  signTrafficReceipt,
  type TrafficReceipt,
  trafficReceiptData,
  verifyTrafficReceipt,
} from '../../src/protocol/receipts.ts'
import type { RecoverAddress } from '../../src/protocol/typedData.ts'
import { ContractBench } from '../helpers/contractBench.ts'

import { malleate } from '../helpers/malleate.ts'

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

  test('is held to the same rules when another recovery is handed in', async () => {
    const signed = await signTrafficReceipt(buyer, CHAIN_ID, receipt)
    const recover: RecoverAddress = (digest, signature) => {
      const bytes = hexToBytes(signature as PrefixedHexString)
      const hash = hexToBytes(digest as PrefixedHexString)
      const key = recoverPublicKey(hash, bytes.subarray(0, 64), bytes[64]! - 27)
      return bytesToHex(publicKeyToAddress(key))
    }
    assert.equal(verifyTrafficReceipt(CHAIN_ID, signed, recover), true)
    assert.equal(verifyTrafficReceipt(CHAIN_ID + 1n, signed, recover), false)
    const other = await signTrafficReceipt(farmer, CHAIN_ID, receipt)
    assert.equal(verifyTrafficReceipt(CHAIN_ID, other, recover), false)
    const high = { ...signed, signature: malleate(signed.signature) }
    const digest = trafficReceiptData.digest(CHAIN_ID, receipt)
    assert.equal(recover(digest, high.signature), buyer.address.toLowerCase())
    assert.equal(verifyTrafficReceipt(CHAIN_ID, high, recover), false)
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
