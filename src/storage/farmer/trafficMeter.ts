import type { SignedTrafficReceipt } from '../../protocol/receipts.ts'
import { StorageError } from '../errors.ts'
import { MAX_UNPAID_BYTES, MAX_UNPAID_BYTES_PER_BUYER } from '../shardProtocol/limits.ts'
import type { DebtLimit } from './debtLimit.ts'
import type { ReceiptBook } from './receiptBook.ts'
import type { TrafficCredit } from './trafficCredit.ts'

/** Counts what is sent to buyers against what their receipts and their traffic cover. */
export interface TrafficMeter {
  /**
   * Takes part in a channel, for one stream. Nothing is kept of a buyer without traffic. Throws `StorageError`:
   * `BAD_RECEIPT`, `BUSY`, `NO_CREDIT`.
   */
  join(receipt: SignedTrafficReceipt): Promise<MeteredStream>
}

/** One stream's part in a channel. */
export interface MeteredStream {
  /** Takes a receipt that came on the stream. Throws `StorageError` `BAD_RECEIPT`. */
  accept(receipt: SignedTrafficReceipt): Promise<void>
  /**
   * Counts bytes about to be sent, once they are covered; `onDue` is called with what is counted whenever the
   * buyer has to sign first. Throws `StorageError`: `NO_CREDIT`, `RECEIPT_NEEDED`.
   */
  spend(bytes: number, onDue: (countedBytes: bigint) => Promise<void>): Promise<void>
  /** Ends every wait with an error. */
  fail(error: unknown): void
  leave(): void
}

export interface TrafficMeterOptions {
  book: ReceiptBook
  credit: TrafficCredit
  debt: DebtLimit
  /** How long a buyer may take to sign; 30 s by default. */
  receiptTimeoutMs?: number
  /** After how long without a stream a channel's lost bytes are forgiven; ten minutes by default. */
  forgiveAfterMs?: number
}

interface Channel {
  countedBytes: bigint
  streams: number
  leftAt: number
}

/** A buyer that had nothing to sign may have by now: another stream's bytes arrived, or were lost. */
const REMIND_EVERY_MS = 1_000

/** More than one client has use for with one farmer. */
const MAX_CHANNELS_PER_BUYER = 16

export function createTrafficMeter({
  book,
  credit,
  debt,
  receiptTimeoutMs = 30_000,
  forgiveAfterMs = 600_000,
}: TrafficMeterOptions): TrafficMeter {
  const buyers = new Map<string, Map<bigint, Channel>>()
  const waiting = new Set<() => void>()

  const forgive = (): void => {
    const before = performance.now() - forgiveAfterMs
    for (const [buyer, channels] of buyers) {
      for (const [number, { streams, leftAt }] of channels) {
        if (streams === 0 && leftAt < before) channels.delete(number)
      }
      if (channels.size === 0) buyers.delete(buyer)
    }
  }

  /** To be asked before a receipt is kept: what costs its sender nothing must take no room. */
  const expectWelcome = async (receipt: SignedTrafficReceipt): Promise<void> => {
    const { buyer, channel: number } = receipt
    forgive()
    const channel = buyers.get(buyer)?.get(number)
    if (channel !== undefined) return expectCounted(receipt, channel)
    if ((buyers.get(buyer)?.size ?? 0) >= MAX_CHANNELS_PER_BUYER) throw tooManyChannels(buyer)
    await credit.expectSome(buyer)
  }

  /** Nobody signs for much that was not sent; only of a channel that is not in memory we cannot tell. */
  const expectCounted = (
    { buyer, channel, cumulativeBytes }: SignedTrafficReceipt,
    { countedBytes }: Channel,
  ): void => {
    const paidBytes = book.paidBytes(buyer, channel)
    const mostBytes = countedBytes > paidBytes ? countedBytes : paidBytes
    if (cumulativeBytes > mostBytes + BigInt(MAX_UNPAID_BYTES)) throw tooMuch(cumulativeBytes)
  }

  const channelOf = ({ buyer, channel }: SignedTrafficReceipt): Channel => {
    const channels = buyers.get(buyer) ?? new Map<bigint, Channel>()
    const known = channels.get(channel)
    if (known !== undefined) return known
    if (channels.size >= MAX_CHANNELS_PER_BUYER) throw tooManyChannels(buyer)
    buyers.set(buyer, channels)
    const opened = { countedBytes: book.paidBytes(buyer, channel), streams: 0, leftAt: 0 }
    channels.set(channel, opened)
    return opened
  }

  const unpaidBytes = (buyer: string, number: bigint, { countedBytes }: Channel): bigint => {
    const unpaid = countedBytes - book.paidBytes(buyer, number)
    return unpaid > 0n ? unpaid : 0n
  }

  /** Over all channels, since a new one costs the buyer nothing. */
  const unpaidOfBuyer = (buyer: string): bigint => {
    let bytes = 0n
    for (const [number, channel] of buyers.get(buyer) ?? []) {
      bytes += unpaidBytes(buyer, number, channel)
    }
    return bytes
  }

  const wakeAll = (): void => {
    for (const wake of waiting) wake()
  }

  return {
    async join(first) {
      await book.accept(first, () => expectWelcome(first))
      const channel = channelOf(first)
      channel.streams++
      const { buyer } = first
      let failure: unknown

      const nextChange = async (deadline: number): Promise<void> => {
        if (failure !== undefined) throw failure
        const leftMs = deadline - performance.now()
        if (leftMs <= 0) throw receiptNeeded(channel.countedBytes)
        const { promise, resolve } = Promise.withResolvers<void>()
        const timer = setTimeout(resolve, Math.min(leftMs, REMIND_EVERY_MS))
        waiting.add(resolve)
        await promise
        waiting.delete(resolve)
        clearTimeout(timer)
        if (failure !== undefined) throw failure
      }

      const isCovered = (bytes: number): boolean =>
        unpaidBytes(buyer, first.channel, channel) + BigInt(bytes) <= MAX_UNPAID_BYTES &&
        unpaidOfBuyer(buyer) + BigInt(bytes) <= MAX_UNPAID_BYTES_PER_BUYER

      return {
        async accept(receipt) {
          if (receipt.buyer !== buyer || receipt.channel !== first.channel) {
            throw new StorageError('BAD_RECEIPT', {
              message: 'A stream has one buyer and one channel from its first receipt on',
            })
          }
          // Receipts for nothing more wake nobody, or they would keep the farmer busy for free.
          const isMore = await book.accept(receipt, async () => expectCounted(receipt, channel))
          if (isMore) wakeAll()
        },
        async spend(bytes, onDue) {
          await debt.keep(buyer)
          const deadline = performance.now() + receiptTimeoutMs
          let told = { paidBytes: -1n, at: 0 }
          while (!isCovered(bytes)) {
            const paidBytes = book.paidBytes(buyer, first.channel)
            const at = performance.now()
            if (paidBytes !== told.paidBytes || at - told.at >= REMIND_EVERY_MS) {
              await onDue(channel.countedBytes)
              told = { paidBytes, at }
            }
            if (!isCovered(bytes)) await nextChange(deadline)
          }
          // Counted before anything else is awaited, or two streams would share the same room.
          channel.countedBytes += BigInt(bytes)
          try {
            await credit.expectCovers(buyer, unpaidOfBuyer(buyer))
          } catch (error) {
            channel.countedBytes -= BigInt(bytes)
            throw error
          }
        },
        fail(error) {
          failure ??= error
          wakeAll()
        },
        leave() {
          channel.streams--
          channel.leftAt = performance.now()
        },
      }
    },
  }
}

const receiptNeeded = (countedBytes: bigint): StorageError =>
  new StorageError('RECEIPT_NEEDED', {
    message: `No receipt came for the ${countedBytes} bytes counted on the channel`,
    hint: 'Sign receipts as bytes arrive.',
    facts: { countedBytes },
  })

const tooMuch = (cumulativeBytes: bigint): StorageError =>
  new StorageError('BAD_RECEIPT', {
    message: `The receipt is for ${cumulativeBytes} bytes, far more than were sent on the channel`,
    hint: 'Sign for what has arrived.',
    facts: { cumulativeBytes },
  })

const tooManyChannels = (buyer: string): StorageError =>
  new StorageError('BUSY', {
    message: `${buyer} uses ${MAX_CHANNELS_PER_BUYER} channels already`,
    hint: 'Use one channel with each farmer.',
  })
