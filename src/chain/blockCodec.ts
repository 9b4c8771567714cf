import {
  Block,
  type BlockBytes,
  createBlockFromBytesArray,
  createBlockFromRLP,
} from '@ethereumjs/block'
import type { Common } from '@ethereumjs/common'
import { RLP } from '@ethereumjs/rlp'
import type { TypedTransaction } from '@ethereumjs/tx'
import { asTypedTransaction, NETWORK_TRANSACTION_TYPE } from '../protocol/networkTransaction.ts'
import { readNetworkTransaction } from './networkSender.ts'

type TransactionItem = BlockBytes[1][number]

/**
 * Reads a block's RLP, network transactions in its body included. EthereumJS knows no other types than Ethereum's, so
 * it reads the block without them and they are put back in their places. Throws for what is no block.
 */
export function decodeBlock(bytes: Uint8Array, common: Common): Block {
  const values = RLP.decode(bytes) as unknown as BlockBytes
  const items = Array.isArray(values) && Array.isArray(values[1]) ? values[1] : []
  if (!items.some(isNetworkItem)) return createBlockFromRLP(bytes, { common })
  const [header, , ...rest] = values
  const ordinary = items.filter((item) => !isNetworkItem(item))
  const without = createBlockFromBytesArray([header, ordinary, ...rest] as BlockBytes, { common })
  const transactions = mergeTransactions(items, without.transactions)
  return new Block(without.header, transactions, without.uncleHeaders, without.withdrawals, {
    common,
  })
}

function mergeTransactions(
  items: readonly TransactionItem[],
  ordinary: readonly TypedTransaction[],
): TypedTransaction[] {
  let next = 0
  return items.map((item) =>
    isNetworkItem(item) ? asTypedTransaction(readNetworkTransaction(item)) : ordinary[next++]!,
  )
}

const isNetworkItem = (item: TransactionItem): item is Uint8Array =>
  item instanceof Uint8Array && item[0] === NETWORK_TRANSACTION_TYPE
