import { errorMessage } from '../../util/errors.ts'
import type { Logger } from '../../util/logger.ts'
import { createMutex } from '../../util/mutex.ts'
import type { FarmerChain } from './chain.ts'
import type { FarmerMetrics } from './metrics.ts'
import type { BookEntry, ReceiptBook } from './receiptBook.ts'
import type { TrafficCredit } from './trafficCredit.ts'

/** When receipts are worth a transaction. */
export interface RedeemPolicy {
  /** Milliseconds between two looks at the book; a minute by default. */
  everyMs?: number
  /** Bytes a receipt must have gained; 16 MiB by default, a few times what the gas costs. */
  minBytes?: bigint
}

export interface RedeemerOptions extends RedeemPolicy {
  chain: FarmerChain
  book: ReceiptBook
  credit: TrafficCredit
  metrics: FarmerMetrics
  logger: Logger
}

/** Turns receipts into coins. */
export interface Redeemer {
  /** Redeems every receipt that is worth it, now. What fails is logged and tried again later. */
  redeemAll(): Promise<void>
  /** The same for one buyer's. */
  redeemOf(buyer: string): Promise<void>
  /** Stops looking at the book, once what is worth it was redeemed; it may be worth less now, or wait for long. */
  stop(): Promise<void>
}

const DEFAULT_EVERY_MS = 60_000
const DEFAULT_MIN_BYTES = 16n * 1_048_576n

/** A stopping farmer takes a receipt for so much less, which still pays for its gas. */
const LAST_SHARE = 4n

export function startRedeemer(options: RedeemerOptions): Redeemer {
  const { chain, book, credit, metrics, logger } = options
  const { everyMs = DEFAULT_EVERY_MS, minBytes = DEFAULT_MIN_BYTES } = options
  const redeeming = createMutex()

  const redeemOne = async (
    { receipt, redeemedBytes }: BookEntry,
    leastBytes: bigint,
  ): Promise<void> => {
    const { buyer, channel } = receipt
    const known = await chain.redeemedBytes(buyer, channel)
    if (known > redeemedBytes) await book.redeemed(receipt, known)
    if (receipt.cumulativeBytes - known < leastBytes) return
    // What the buyer cannot pay stays owed, and counts against what it may read; a little of it is not worth the gas.
    if ((await chain.trafficOf(buyer)) < leastBytes) return
    const paid = await chain.redeem(receipt)
    // Before the sum of what is owed falls, or the old answer would cover it again.
    credit.forget(buyer)
    await book.redeemed(receipt, known + paid.redeemedBytes)
    credit.forget(buyer)
    await metrics.earned('traffic', paid.amountWei)
    logger.info('redeemed traffic', { buyer, bytes: paid.redeemedBytes, amountWei: paid.amountWei })
  }

  const redeemAll = (leastBytes = minBytes, buyer?: string): Promise<void> =>
    redeeming.run(async () => {
      const due = [...book.entries()].filter(
        ({ receipt, redeemedBytes }) =>
          (buyer === undefined || receipt.buyer === buyer) &&
          receipt.cumulativeBytes - redeemedBytes >= leastBytes,
      )
      for (const entry of due) {
        await redeemOne(entry, leastBytes).catch((error) =>
          logger.warn('receipt not redeemed', {
            buyer: entry.receipt.buyer,
            reason: errorMessage(error),
          }),
        )
      }
    })

  const timer = setInterval(() => void redeemAll(), everyMs)
  timer.unref()
  return {
    redeemAll: () => redeemAll(),
    redeemOf: (buyer) => redeemAll(minBytes, buyer),
    async stop() {
      clearInterval(timer)
      await redeemAll(minBytes < LAST_SHARE ? 1n : minBytes / LAST_SHARE)
    },
  }
}
