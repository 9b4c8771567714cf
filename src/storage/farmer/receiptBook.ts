import { utf8ToBytes } from '@ethereumjs/util'
import type { SignedTrafficReceipt } from '../../protocol/receipts.ts'
import type { KeyValueStore } from '../../util/keyValueStore.ts'
import { createMutex } from '../../util/mutex.ts'
import { StorageError } from '../errors.ts'
import { decodeReceipt, encodeReceipt } from '../shardProtocol/receipt.ts'
import { receiptDigest } from '../shardProtocol/receiptDigest.ts'
import { isSignedBy } from './isSignedBy.ts'

/** The best receipt of a channel, and how much of it the chain has paid. */
export interface BookEntry {
  readonly receipt: SignedTrafficReceipt
  redeemedBytes: bigint
}

/**
 * The receipts a farmer was given. Of each channel only the highest counts; it is on disk before anything is sent
 * for it.
 */
export interface ReceiptBook {
  /** Bytes that receipts of a channel stand for. */
  paidBytes(buyer: string, channel: bigint): bigint
  /** Bytes of a buyer that no redemption has paid for yet, over all its channels. */
  unredeemedBytes(buyer: string): bigint
  entries(): IterableIterator<BookEntry>
  /**
   * Checks a receipt and keeps it when it is the highest of its channel; one for less changes nothing, and is
   * answered with false. What else must hold of a genuine one, `expectGood` says by throwing, before anything is
   * kept. Throws `StorageError` `BAD_RECEIPT` for one that is forged, or names another farmer.
   */
  accept(receipt: SignedTrafficReceipt, expectGood?: () => Promise<void>): Promise<boolean>
  /** Notes what the chain has redeemed of a channel. */
  redeemed(receipt: SignedTrafficReceipt, redeemedBytes: bigint): Promise<void>
}

export interface ReceiptBookOptions {
  metadata: KeyValueStore
  chainId: bigint
  /** Our account. */
  farmer: string
}

const PREFIX = 'receipt/'
const REDEEMED_PREFIX = 'redeemed/'

/** Opens the book with all receipts kept earlier. */
export async function openReceiptBook({
  metadata,
  chainId,
  farmer,
}: ReceiptBookOptions): Promise<ReceiptBook> {
  const book = new Map<string, BookEntry>()
  const unredeemed = new Map<string, bigint>()
  const addUnredeemed = (buyer: string, bytes: bigint): void => {
    const sum = (unredeemed.get(buyer) ?? 0n) + bytes
    if (sum === 0n) unredeemed.delete(buyer)
    else unredeemed.set(buyer, sum)
  }
  for await (const [, value] of metadata.entries(utf8ToBytes(PREFIX))) {
    const receipt = decodeReceipt(new Uint8Array(value))
    const redeemed = metadata.get(utf8ToBytes(`${REDEEMED_PREFIX}${nameOf(receipt)}`))
    const redeemedBytes = redeemed ? BigInt(textOf(redeemed)) : 0n
    book.set(nameOf(receipt), { receipt, redeemedBytes })
    addUnredeemed(receipt.buyer, receipt.cumulativeBytes - redeemedBytes)
  }
  // One write at a time, so that a lower receipt never lands on a higher one.
  const writing = createMutex()

  const expectValid = (receipt: SignedTrafficReceipt): void => {
    if (receipt.farmer.toLowerCase() !== farmer.toLowerCase()) {
      throw badReceipt(`it is for farmer ${receipt.farmer}; this is ${farmer}`)
    }
    if (!isSignedBy(receipt.buyer, receiptDigest(chainId, receipt), receipt.signature)) {
      throw badReceipt(`${receipt.buyer} did not sign it`)
    }
  }

  return {
    paidBytes: (buyer, channel) =>
      book.get(nameOf({ buyer, channel }))?.receipt.cumulativeBytes ?? 0n,
    unredeemedBytes: (buyer) => unredeemed.get(buyer) ?? 0n,
    entries: () => book.values(),
    async accept(receipt, expectGood) {
      expectValid(receipt)
      await expectGood?.()
      return await writing.run(async () => {
        const name = nameOf(receipt)
        const known = book.get(name)
        const knownBytes = known?.receipt.cumulativeBytes ?? 0n
        if (receipt.cumulativeBytes <= knownBytes) return false
        await metadata.write([
          { key: utf8ToBytes(`${PREFIX}${name}`), value: encodeReceipt(receipt) },
        ])
        book.set(name, { receipt, redeemedBytes: known?.redeemedBytes ?? 0n })
        addUnredeemed(receipt.buyer, receipt.cumulativeBytes - knownBytes)
        return true
      })
    },
    redeemed: (receipt, redeemedBytes) =>
      writing.run(async () => {
        const name = nameOf(receipt)
        const entry = book.get(name)
        if (entry === undefined) return
        const value = utf8ToBytes(redeemedBytes.toString())
        await metadata.write([{ key: utf8ToBytes(`${REDEEMED_PREFIX}${name}`), value }])
        addUnredeemed(receipt.buyer, entry.redeemedBytes - redeemedBytes)
        entry.redeemedBytes = redeemedBytes
      }),
  }
}

const nameOf = ({ buyer, channel }: Pick<SignedTrafficReceipt, 'buyer' | 'channel'>): string =>
  `${buyer.toLowerCase()}/${channel}`

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

const badReceipt = (reason: string): StorageError =>
  new StorageError('BAD_RECEIPT', {
    message: `The receipt counts for nothing: ${reason}`,
    hint: "Sign receipts with the buyer's account, for the farmer that sends.",
  })
