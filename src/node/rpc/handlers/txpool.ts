import type { TypedTransaction } from '@ethereumjs/tx'
import { equalsBytes } from '@ethereumjs/util'
import type { RPCByAccount, RPCByNonce } from '../../../api/rpc/results.ts'
import type { Lanes } from '../../../api/rpc/txpool.ts'
import { asTypedTransaction } from '../../../protocol/networkTransaction.ts'
import type { ChainNode } from '../../node.ts'
import { toHex, toQuantity } from '../format/hex.ts'
import { formatTransaction } from '../format/transaction.ts'
import type { Handlers } from '../handler.ts'

type Names = 'txpool_status' | 'txpool_content' | 'txpool_contentFrom' | 'txpool_inspect'

/** The transactions that wait: `pending` could be in the next block, `queued` wait for a nonce. */
export function createTxpoolHandlers({ pool }: ChainNode): Handlers<Names> {
  const show = (transaction: TypedTransaction) => formatTransaction(transaction)
  const waiting = (): Lanes<TypedTransaction[]> => ({
    ...pool.content(),
    network: pool.lane.content().map(asTypedTransaction),
  })
  return {
    txpool_status: () => ({
      pending: toQuantity(pool.pendingCount),
      queued: toQuantity(pool.queuedCount),
      network: toQuantity(pool.lane.count),
    }),
    txpool_content: () => mapLanes(waiting(), (some) => byAccount(some, show)),
    txpool_contentFrom: ([address]) =>
      mapLanes(waiting(), (some) =>
        byNonce(
          some.filter((one) => equalsBytes(one.getSenderAddress().bytes, address.bytes)),
          show,
        ),
      ),
    txpool_inspect: () => mapLanes(waiting(), (some) => byAccount(some, summary)),
  }
}

const mapLanes = <From, To>(
  { pending, queued, network }: Lanes<From>,
  map: (content: From) => To,
): Lanes<To> => ({ pending: map(pending), queued: map(queued), network: map(network) })

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
