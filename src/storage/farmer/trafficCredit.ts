import { StorageError } from '../errors.ts'
import type { FarmerChain } from './chain.ts'
import type { ReceiptBook } from './receiptBook.ts'

/** Whether buyers can pay for what they read. */
export interface TrafficCredit {
  /**
   * Throws `StorageError` `NO_CREDIT` unless the buyer's traffic on chain covers what it signed for, what was not
   * redeemed yet, and so many bytes more.
   */
  expectCovers(buyer: string, moreBytes: bigint): Promise<void>
  /** Traffic the buyer has on chain, in bytes, as it was a few seconds ago at most. Throws `ApiError`. */
  trafficOf(buyer: string): Promise<bigint>
  /** Throws `StorageError` `NO_CREDIT` when the buyer has no traffic at all on chain. */
  expectSome(buyer: string): Promise<void>
  /** The buyer's traffic has changed on chain. */
  forget(buyer: string): void
}

export interface TrafficCreditOptions {
  chain: Pick<FarmerChain, 'trafficOf'>
  book: Pick<ReceiptBook, 'unredeemedBytes'>
  /** How long the chain's answer is good for; 5 s by default. */
  maxAgeMs?: number
}

interface Known {
  trafficBytes: bigint
  askedAt: number
}

const MAX_BUYERS = 10_000

/** A refusal rests on an answer this fresh, so that traffic just bought is seen. */
const FRESH_MS = 250

export function createTrafficCredit({
  chain,
  book,
  maxAgeMs = 5_000,
}: TrafficCreditOptions): TrafficCredit {
  const known = new Map<string, Known>()

  const trafficOf = async (buyer: string, maxAge: number): Promise<bigint> => {
    const last = known.get(buyer)
    const now = performance.now()
    if (last !== undefined && now - last.askedAt < maxAge) return last.trafficBytes
    const trafficBytes = await chain.trafficOf(buyer)
    if (known.size >= MAX_BUYERS) known.clear()
    known.set(buyer, { trafficBytes, askedAt: now })
    return trafficBytes
  }

  const expectAtLeast = async (buyer: string, bytes: bigint): Promise<void> => {
    if (bytes <= (await trafficOf(buyer, maxAgeMs))) return
    const trafficBytes = await trafficOf(buyer, FRESH_MS)
    if (bytes <= trafficBytes) return
    throw new StorageError('NO_CREDIT', {
      message: `${buyer} has traffic for ${trafficBytes} bytes; it takes ${bytes}, with what it owes`,
      hint: 'Buy traffic with `genaro traffic buy`.',
      facts: { buyer, trafficBytes, neededBytes: bytes },
    })
  }

  return {
    expectCovers: (buyer, moreBytes) =>
      expectAtLeast(buyer, book.unredeemedBytes(buyer) + moreBytes),
    trafficOf: (buyer) => trafficOf(buyer, maxAgeMs),
    expectSome: (buyer) => expectAtLeast(buyer, 1n),
    forget(buyer) {
      known.delete(buyer)
    },
  }
}
