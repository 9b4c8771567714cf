import { utf8ToBytes } from '@ethereumjs/util'
import { getBytes } from 'ethers'
import { type SignedTrafficReceipt, trafficReceiptData } from '../../protocol/receipts.ts'
import type { KeyValueStore } from '../../util/keyValueStore.ts'
import { createMutex } from '../../util/mutex.ts'
import { StorageError } from '../errors.ts'
import { decodeReceipt, encodeReceipt } from '../shardProtocol/receipt.ts'
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
   * answered with false. Throws `StorageError` `BAD_RECEIPT` for one that is forged, or names another farmer.
   */
  accept(receipt: SignedTrafficReceipt): Promise<boolean>
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
  for await (const [, value] of metadata.entries(utf8ToBytes(PREFIX))) {
    const receipt = decodeReceipt(new Uint8Array(value))
    const redeemed = metadata.get(utf8ToBytes(`${REDEEMED_PREFIX}${nameOf(receipt)}`))
    book.set(nameOf(receipt), { receipt, redeemedBytes: redeemed ? BigInt(textOf(redeemed)) : 0n })
  }
  // One write at a time, so that a lower receipt never lands on a higher one.
  const writing = createMutex()

  const expectValid = (receipt: SignedTrafficReceipt): void => {
    const { signature, ...fields } = receipt
    if (receipt.farmer.toLowerCase() !== farmer.toLowerCase()) {
      throw badReceipt(`it is for farmer ${receipt.farmer}; this is ${farmer}`)
    }
    const digest = getBytes(trafficReceiptData.digest(chainId, fields))
    if (!isSignedBy(receipt.buyer, digest, signature)) {
      throw badReceipt(`${receipt.buyer} did not sign it`)
    }
  }

  return {
    paidBytes: (buyer, channel) =>
      book.get(nameOf({ buyer, channel }))?.receipt.cumulativeBytes ?? 0n,
    unredeemedBytes(buyer) {
      let bytes = 0n
      for (const { receipt, redeemedBytes } of book.values()) {
        if (receipt.buyer === buyer) bytes += receipt.cumulativeBytes - redeemedBytes
      }
      return bytes
    },
    entries: () => book.values(),
    async accept(receipt) {
      expectValid(receipt)
      return await writing.run(async () => {
        const name = nameOf(receipt)
        const known = book.get(name)
        if (receipt.cumulativeBytes <= (known?.receipt.cumulativeBytes ?? 0n)) return false
        await metadata.write([
          { key: utf8ToBytes(`${PREFIX}${name}`), value: encodeReceipt(receipt) },
        ])
        book.set(name, { receipt, redeemedBytes: known?.redeemedBytes ?? 0n })
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
