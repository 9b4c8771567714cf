import type { TypedTransaction } from '@ethereumjs/tx'
import type { TransactionSource } from '../../chain/chain.ts'
import type { PoolContents } from './contents.ts'
import { bytesToKey, effectiveTip, type PoolEntry } from './entry.ts'
import { createHeap } from './heap.ts'
import { entryAtNonce, type WaitingAccount } from './waitingAccount.ts'

/** An account's turn: its next transaction and what that one pays. */
interface Turn {
  account: WaitingAccount
  entry: PoolEntry
  tip: bigint
  heapIndex: number
}

const isBetter = (a: Turn, b: Turn): boolean =>
  a.tip === b.tip ? a.entry.arrival < b.entry.arrival : a.tip > b.tip

export interface SourceOptions {
  contents: PoolContents
  baseFeePerGas: bigint
  /** Hears of transactions that cannot be mined; they are already out of the pool. */
  onRejected?: (entry: PoolEntry, error: Error) => void
}

/**
 * Draws pending transactions for one block: the best effective tip first, then the first come, each
 * account's in nonce order. An account whose turn does not fit or cannot pay sits out the block.
 */
export function createPoolSource({
  contents,
  baseFeePerGas,
  onRejected = () => {},
}: SourceOptions): TransactionSource {
  const turns = createHeap(isBetter)
  let taken: Turn | undefined

  const offer = (account: WaitingAccount, entry: PoolEntry | undefined): void => {
    if (entry === undefined || !entry.isPending || entry.maxFeePerGas < baseFeePerGas) return
    turns.push({ account, entry, tip: effectiveTip(entry, baseFeePerGas), heapIndex: -1 })
  }

  for (const account of contents.executable) offer(account, account.entries[0])

  return {
    next(gasLeft): TypedTransaction | undefined {
      if (taken !== undefined) {
        offer(taken.account, entryAtNonce(taken.account, taken.entry.nonce + 1n))
        taken = undefined
      }
      for (let turn = turns.pop(); turn !== undefined; turn = turns.pop()) {
        const { account, entry } = turn
        if (contents.byHash.get(entry.hashKey) !== entry) {
          // It was replaced or dropped while the block was built.
          offer(account, entryAtNonce(account, entry.nonce))
        } else if (entry.transaction.gasLimit <= gasLeft) {
          taken = turn
          return entry.transaction
        }
      }
      return undefined
    },
    reject(transaction, error) {
      if (taken?.entry.transaction === transaction) taken = undefined
      const entry = contents.byHash.get(bytesToKey(transaction.hash()))
      if (entry === undefined) return
      contents.remove(entry)
      onRejected(entry, error)
    },
  }
}
