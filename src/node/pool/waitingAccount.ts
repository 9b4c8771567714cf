import type { Address } from '@ethereumjs/util'
import type { PoolEntry } from './entry.ts'

/** An account with its waiting transactions. */
export interface WaitingAccount {
  readonly address: Address
  readonly key: string
  /** The account's nonce on the head; undefined until it was read. */
  nonce: bigint | undefined
  /** Sorted by nonce, one for each. */
  readonly entries: PoolEntry[]
  /** How many entries, from the first, follow `nonce` without a gap: those are pending. */
  pendingLength: number
  /** What all entries together can take from the account, in wei. */
  costWei: bigint
}

export const createWaitingAccount = (
  { sender, senderKey }: PoolEntry,
  nonce: bigint | undefined,
): WaitingAccount => ({
  address: sender,
  key: senderKey,
  nonce,
  entries: [],
  pendingLength: 0,
  costWei: 0n,
})

/** Where the first entry stands whose nonce is not below `nonce`. */
export function indexFromNonce({ entries }: WaitingAccount, nonce: bigint): number {
  let low = 0
  let high = entries.length
  if (high > 0 && entries[high - 1]!.nonce < nonce) return high
  while (low < high) {
    const middle = (low + high) >> 1
    if (entries[middle]!.nonce < nonce) low = middle + 1
    else high = middle
  }
  return low
}

export function entryAtNonce(account: WaitingAccount, nonce: bigint): PoolEntry | undefined {
  const entry = account.entries[indexFromNonce(account, nonce)]
  return entry?.nonce === nonce ? entry : undefined
}

/** The lowest nonce, from the account's own on, that no pending transaction has. */
export const firstFreeNonce = (account: WaitingAccount): bigint | undefined =>
  account.nonce === undefined ? undefined : account.nonce + BigInt(account.pendingLength)
