import type { TypedTransaction } from '@ethereumjs/tx'
import { equalsBytes } from '@ethereumjs/util'
import type { RPCByAccount, RPCByNonce } from '../../../api/rpc/results.ts'
import type { ChainNode } from '../../node.ts'
import { toHex, toQuantity } from '../format/hex.ts'
import { formatTransaction } from '../format/transaction.ts'
import type { Handlers } from '../handler.ts'

type Names = 'txpool_status' | 'txpool_content' | 'txpool_contentFrom' | 'txpool_inspect'

/** The transactions that wait: `pending` could be in the next block, `queued` wait for a nonce. */
export function createTxpoolHandlers({ pool }: ChainNode): Handlers<Names> {
  const show = (transaction: TypedTransaction) => formatTransaction(transaction)
  return {
    txpool_status: () => ({
      pending: toQuantity(pool.pendingCount),
      queued: toQuantity(pool.queuedCount),
    }),
    txpool_content: () => {
      const { pending, queued } = pool.content()
      return { pending: byAccount(pending, show), queued: byAccount(queued, show) }
    },
    txpool_contentFrom: ([address]) => {
      const { pending, queued } = pool.content()
      const own = (transactions: TypedTransaction[]) =>
        byNonce(
          transactions.filter((one) => equalsBytes(one.getSenderAddress().bytes, address.bytes)),
          show,
        )
      return { pending: own(pending), queued: own(queued) }
    },
    txpool_inspect: () => {
      const { pending, queued } = pool.content()
      return { pending: byAccount(pending, summary), queued: byAccount(queued, summary) }
    },
  }
}

type Show<Item> = (transaction: TypedTransaction) => Item

function byAccount<Item>(transactions: TypedTransaction[], show: Show<Item>): RPCByAccount<Item> {
  const accounts = Map.groupBy(transactions, (one) => toHex(one.getSenderAddress().bytes))
  return Object.fromEntries([...accounts].map(([address, own]) => [address, byNonce(own, show)]))
}

const byNonce = <Item>(transactions: TypedTransaction[], show: Show<Item>): RPCByNonce<Item> =>
  Object.fromEntries(transactions.map((one) => [one.nonce.toString(), show(one)]))

/** geth's line: recipient, value, and what gas may cost. */
function summary(transaction: TypedTransaction): string {
  const { to, value, gasLimit } = transaction
  const price = BigInt(formatTransaction(transaction).gasPrice ?? 0)
  return `${to?.toString() ?? 'contract creation'}: ${value} wei + ${gasLimit} gas × ${price} wei`
}
