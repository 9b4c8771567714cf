import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bytesToHex } from '@ethereumjs/util'
import { Wallet } from 'ethers'
import { signReceipt } from '../../src/client/signReceipt.ts'
import {
  signTrafficReceipt,
  trafficReceiptData,
  verifyTrafficReceipt,
} from '../../src/protocol/receipts.ts'
import { receiptDigest } from '../../src/storage/shardProtocol/receiptDigest.ts'

const wallet = new Wallet(`0x${'11'.repeat(32)}`)
const receipts = [0n, 1n, 2n ** 33n, 2n ** 64n - 1n].map((cumulativeBytes, at) => ({
  buyer: wallet.address.toLowerCase(),
  farmer: `0x${'a5'.repeat(20)}`,
  channel: cumulativeBytes ^ BigInt(at),
  cumulativeBytes,
}))

test('the digest of a receipt is the one of EIP-712, on every chain', () => {
  for (const chainId of [1n, 31_300n, 1n]) {
    for (const receipt of receipts) {
      const expected = trafficReceiptData.digest(chainId, receipt)
      assert.equal(bytesToHex(receiptDigest(chainId, receipt)), expected)
    }
  }
})

test('a receipt beyond 64 bits has no digest', () => {
  for (const value of [-1n, 2n ** 64n]) {
    const receipt = { ...receipts[0]!, cumulativeBytes: value }
    assert.throws(() => receiptDigest(1n, receipt), { name: 'StorageError', code: 'BAD_MESSAGE' })
  }
})

test('a wallet signs a receipt as ethers would', async () => {
  for (const receipt of receipts) {
    const signed = await signReceipt(wallet, 31_300n, receipt)
    assert.deepEqual(signed, await signTrafficReceipt(wallet, 31_300n, receipt))
    assert.ok(verifyTrafficReceipt(31_300n, signed))
  }
})
