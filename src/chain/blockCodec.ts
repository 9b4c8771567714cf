import { Block, type BlockBytes, createBlockFromBytesArray } from '@ethereumjs/block'
import type { Common } from '@ethereumjs/common'
import { RLP } from '@ethereumjs/rlp'
import type { TypedTransaction } from '@ethereumjs/tx'
import { asTypedTransaction, NETWORK_TRANSACTION_TYPE } from '../protocol/networkTransaction.ts'
import { ChainError } from './errors.ts'
import { readNetworkTransaction } from './networkSender.ts'

/** EIP-7934's limit of 10 MiB less 2 MiB. The gas of Genaro's blocks does not pay for half of it. */
export const MAX_BLOCK_BYTES = 8_388_608

type TransactionItem = BlockBytes[1][number]

/**
 * Reads a block's RLP, network transactions in its body included. EthereumJS knows no other types than Ethereum's, so
 * it reads the block without them and they are put back in their places. Throws for what is no block, and for more than
 * EIP-7934 allows.
 */
export function decodeBlock(bytes: Uint8Array, common: Common): Block {
  checkSize(bytes)
  const values = RLP.decode(bytes) as unknown as BlockBytes
  const items = Array.isArray(values) && Array.isArray(values[1]) ? values[1] : refuseShape()
  const [header, , ...rest] = values
  const ordinary = items.filter((item) => !isNetworkItem(item))
  const block = createBlockFromBytesArray([header, ordinary, ...rest] as BlockBytes, { common })
  if (ordinary.length === items.length) return block
  const transactions = mergeTransactions(items, block.transactions)
  return new Block(block.header, transactions, block.uncleHeaders, block.withdrawals, { common })
}

function checkSize({ length }: Uint8Array): void {
  if (length <= MAX_BLOCK_BYTES) return
  throw new ChainError('INVALID_BODY', {
    message: `A block of ${length} bytes is larger than the ${MAX_BLOCK_BYTES} a block may have`,
    facts: { length },
  })
}

function refuseShape(): never {
  throw new ChainError('INVALID_BODY', { message: 'A block is a list with a list of transactions' })
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
