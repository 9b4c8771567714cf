import type { Block } from '@ethereumjs/block'
import { TransactionType, type TypedTransaction } from '@ethereumjs/tx'
import type { HeadChange } from '../../chain/chain.ts'
import type { PoolContents } from './contents.ts'
import { bytesToKey, createPoolEntry, type PoolEntry } from './entry.ts'
import { isPoolType } from './validate.ts'

export interface HeadChangeOptions {
  contents: PoolContents
  nextArrival: () => number
}

/**
 * Moves the pool over a change of the head: what the new blocks hold is gone, what only the old ones
 * held waits again. Returns the keys of the accounts whose nonce or balance must be read again, since
 * blocks alone do not tell what delegated code or an undone transfer did to them.
 */
export function applyHeadChange(
  { removed, added }: HeadChange,
  { contents, nextArrival }: HeadChangeOptions,
): Set<string> {
  const nonces = new Map<string, bigint>()
  const undone = undoneTransactions(removed).map((transaction) => toEntry(transaction, nextArrival))
  for (const entry of [...undone].reverse()) nonces.set(entry.senderKey, entry.nonce)
  const included = noteIncluded(added, contents, nonces)

  for (const [key, nonce] of nonces) {
    const account = contents.accounts.get(key)
    if (account !== undefined) contents.setNonce(account, nonce)
  }
  for (const entry of undone) {
    if (!included.has(entry.hashKey)) takeBack(entry, nonces.get(entry.senderKey)!, contents)
  }
  const all = removed.length > 0 || hasAuthorizations(added)
  return all ? new Set(contents.accounts.keys()) : staleAccounts(contents, nonces)
}

/** The transactions of undone blocks, oldest first. */
const undoneTransactions = (removed: readonly Block[]): TypedTransaction[] =>
  removed.toReversed().flatMap((block) => block.transactions.filter(isPoolType))

const toEntry = (transaction: TypedTransaction, nextArrival: () => number): PoolEntry =>
  createPoolEntry(transaction, nextArrival())

/** Sets each sender's nonce to the one after its last included transaction; returns their hashes. */
function noteIncluded(
  added: readonly Block[],
  contents: PoolContents,
  nonces: Map<string, bigint>,
): Set<string> {
  const included = new Set<string>()
  for (const block of added) {
    for (const transaction of block.transactions) {
      if (!isPoolType(transaction)) continue
      const hashKey = bytesToKey(transaction.hash())
      included.add(hashKey)
      const known = contents.byHash.get(hashKey)
      const senderKey = known?.senderKey ?? bytesToKey(transaction.getSenderAddress().bytes)
      nonces.set(senderKey, transaction.nonce + 1n)
    }
  }
  return included
}

/** Puts an undone transaction back, unless its nonce is used or taken, or there is no room for it. */
function takeBack(entry: PoolEntry, accountNonce: bigint, contents: PoolContents): void {
  const account = contents.accounts.get(entry.senderKey)
  const isTaken = account?.entries.some(({ nonce }) => nonce === entry.nonce) ?? false
  if (entry.nonce < accountNonce || isTaken) return
  if (contents.makeRoom(entry, true, undefined)) contents.insert(entry, accountNonce)
}

const hasAuthorizations = (added: readonly Block[]): boolean =>
  added.some((block) =>
    block.transactions.some(({ type }) => type === TransactionType.EOACodeEIP7702),
  )

/** Senders whose transactions still wait, and accounts that others can move. */
function staleAccounts(contents: PoolContents, nonces: Map<string, bigint>): Set<string> {
  const stale = new Set(contents.delegated)
  for (const key of nonces.keys()) if (contents.accounts.has(key)) stale.add(key)
  return stale
}
