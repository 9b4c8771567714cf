import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Wallet } from 'ethers'
import { signTrafficReceipt, type TrafficReceipt } from '../../../src/protocol/receipts.ts'
import { isSignedBy } from '../../../src/storage/farmer/isSignedBy.ts'
import { openReceiptBook, type ReceiptBook } from '../../../src/storage/farmer/receiptBook.ts'
import { createMemoryStore, type KeyValueStore } from '../../../src/util/keyValueStore.ts'

const CHAIN_ID = 31_300n
const buyer = Wallet.createRandom()
const farmer = Wallet.createRandom().address.toLowerCase()
const buyerAddress = buyer.address.toLowerCase()

const sign = (changed: Partial<TrafficReceipt> = {}, chainId = CHAIN_ID, by = buyer) =>
  signTrafficReceipt(by, chainId, {
    ...{ buyer: buyerAddress, farmer, channel: 1n, cumulativeBytes: 1_000n },
    ...changed,
  })

const open = (metadata: KeyValueStore = createMemoryStore()): Promise<ReceiptBook> =>
  openReceiptBook({ metadata, chainId: CHAIN_ID, farmer })

describe('a receipt', () => {
  test('counts when it is the highest of its channel; a lower one takes nothing back', async () => {
    const book = await open()
    await book.accept(await sign({ cumulativeBytes: 1_000n }))
    await book.accept(await sign({ cumulativeBytes: 400n }))
    assert.equal(book.paidBytes(buyerAddress, 1n), 1_000n)
    await book.accept(await sign({ cumulativeBytes: 1_001n }))
    await book.accept(await sign({ channel: 2n, cumulativeBytes: 50n }))
    assert.equal(book.paidBytes(buyerAddress, 1n), 1_001n)
    assert.equal(book.unredeemedBytes(buyerAddress), 1_051n)
  })

  test('counts once, however often it is shown', async () => {
    const book = await open()
    const receipt = await sign()
    for (let i = 0; i < 5; i++) await book.accept(receipt)
    assert.equal(book.unredeemedBytes(buyerAddress), 1_000n)
  })

  test('for another farmer, chain or by another hand counts for nothing', async () => {
    const book = await open()
    const stranger = Wallet.createRandom()
    const good = await sign()
    for (const receipt of [
      await sign({ farmer: stranger.address.toLowerCase() }),
      await sign({}, CHAIN_ID + 1n),
      await signTrafficReceipt(stranger, CHAIN_ID, good),
      { ...good, cumulativeBytes: good.cumulativeBytes + 1n },
      { ...good, channel: 2n },
      { ...good, signature: `0x${'00'.repeat(65)}` },
      { ...good, signature: upperHalf(good.signature) },
    ]) {
      await assert.rejects(book.accept(receipt), { name: 'StorageError', code: 'BAD_RECEIPT' })
    }
    assert.equal(book.unredeemedBytes(buyerAddress), 0n)
  })

  test('is on disk before it counts', async () => {
    const memory = createMemoryStore()
    const failing: KeyValueStore = {
      ...memory,
      write: async () => {
        throw new Error('no space left on device')
      },
    }
    const book = await open(failing)
    await assert.rejects(book.accept(await sign()))
    assert.equal(book.paidBytes(buyerAddress, 1n), 0n)
  })

  test('is there again after a restart, with what was redeemed of it', async () => {
    const metadata = createMemoryStore()
    const book = await open(metadata)
    const receipt = await sign()
    await book.accept(receipt)
    await book.redeemed(receipt, 600n)
    const again = await open(metadata)
    assert.equal(again.unredeemedBytes(buyerAddress), 400n)
    assert.deepEqual([...again.entries()][0]?.receipt, receipt)
  })
})

test('signatures count by the rules of the contracts', async () => {
  const wallet = Wallet.createRandom()
  const digest = new Uint8Array(32).fill(7)
  const { serialized } = wallet.signingKey.sign(digest)
  assert.ok(isSignedBy(wallet.address, digest, serialized))
  assert.ok(!isSignedBy(wallet.address, digest.fill(8), serialized))
  assert.ok(!isSignedBy(wallet.address, digest.fill(7), upperHalf(serialized)))
  assert.ok(!isSignedBy(wallet.address, digest, `${serialized.slice(0, -2)}00`))
  assert.ok(!isSignedBy(wallet.address, digest, serialized.slice(0, -2)))
})

/** The same signature with the other s, which only a malleable scheme takes. */
function upperHalf(signature: string): string {
  const order = BigInt('0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141')
  const s = order - BigInt(`0x${signature.slice(66, 130)}`)
  const v = signature.endsWith('1b') ? '1c' : '1b'
  return `${signature.slice(0, 66)}${s.toString(16).padStart(64, '0')}${v}`
}
