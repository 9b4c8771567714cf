import type { ReceiptBook } from './receiptBook.ts'
import type { Redeemer } from './redeemer.ts'
import type { TrafficCredit } from './trafficCredit.ts'

/** Keeps what a buyer owes on paper small: the same traffic may stand behind its receipts for other farmers. */
export interface DebtLimit {
  /**
   * Redeems when the buyer owes much; waits for it when it owes twice that. To be called before more is sent. Never
   * throws.
   */
  keep(buyer: string): Promise<void>
}

export interface DebtLimitOptions {
  book: Pick<ReceiptBook, 'unredeemedBytes'>
  credit: Pick<TrafficCredit, 'trafficOf' | 'forget'>
  redeemer: Pick<Redeemer, 'redeemOf'>
  /** Bytes a buyer may owe; 64 MiB by default, or half its traffic where that is less. */
  maxOwedBytes?: bigint
  /** After how long redeeming is tried again that changed little; 10 s by default. */
  retryAfterMs?: number
}

export function createDebtLimit({
  book,
  credit,
  redeemer,
  maxOwedBytes = 64n * 1_048_576n,
  retryAfterMs = 10_000,
}: DebtLimitOptions): DebtLimit {
  const running = new Map<string, Promise<void>>()

  /** Stands in `running` until it may be tried again. */
  const redeem = (buyer: string): Promise<void> => {
    const known = running.get(buyer)
    if (known !== undefined) return known
    const owedBytes = book.unredeemedBytes(buyer)
    const redeeming = redeemer.redeemOf(buyer).then(
      () => book.unredeemedBytes(buyer) >= owedBytes,
      () => true,
    )
    const done = redeeming.then((isInVain) => {
      // Who cannot pay has spent its traffic elsewhere: an old answer must not cover it.
      credit.forget(buyer)
      if (!isInVain) running.delete(buyer)
      else setTimeout(() => running.delete(buyer), retryAfterMs).unref()
    })
    running.set(buyer, done)
    return done
  }

  return {
    async keep(buyer) {
      const owedBytes = book.unredeemedBytes(buyer)
      if (owedBytes === 0n) return
      const trafficBytes = await credit.trafficOf(buyer).catch(() => 0n)
      const isMuch = owedBytes >= maxOwedBytes || owedBytes * 2n >= trafficBytes
      if (!isMuch) return
      const redeeming = redeem(buyer)
      if (owedBytes >= maxOwedBytes * 2n) await redeeming
    },
  }
}
