import type { Block } from '@ethereumjs/block'
import { serverError } from '../../../api/rpc/errors.ts'
import type { ChainNode } from '../../node.ts'
import { toHex } from '../format/hex.ts'
import { formatReceipt } from '../format/receipt.ts'
import { formatTransaction, type Place } from '../format/transaction.ts'
import type { Handlers } from '../handler.ts'
import { decodeRawTransaction } from '../rawTransaction.ts'
import { findBlock } from '../resolveBlock.ts'

type Names =
  | 'eth_getTransactionByHash'
  | 'eth_getTransactionByBlockHashAndIndex'
  | 'eth_getTransactionByBlockNumberAndIndex'
  | 'eth_getRawTransactionByHash'
  | 'eth_getTransactionReceipt'
  | 'eth_sendRawTransaction'
  | 'debug_getRawTransaction'

/** Transactions, in blocks and waiting, and their receipts; null for one nobody knows. */
export function createTransactionHandlers(node: ChainNode): Handlers<Names> {
  const { chain, pool } = node

  const raw = (hash: Uint8Array) => {
    const place = findPlace(node, hash)
    const transaction = place ? place.block.transactions[place.index] : pool.get(hash)
    return transaction === undefined ? undefined : toHex(transaction.serialize())
  }

  return {
    eth_getTransactionByHash: ([hash]) => {
      const place = findPlace(node, hash)
      if (place) return show(node, place.block, place.index)
      const waiting = pool.get(hash)
      return waiting === undefined ? null : formatTransaction(waiting)
    },
    eth_getTransactionByBlockHashAndIndex: ([hash, index]) =>
      show(node, chain.blockByHash(hash), Number(index)),
    eth_getTransactionByBlockNumberAndIndex: ([block, index]) =>
      show(node, findBlock(node, block), Number(index)),
    eth_getRawTransactionByHash: ([hash]) => raw(hash) ?? null,
    debug_getRawTransaction: ([hash]) => {
      const bytes = raw(hash)
      if (bytes === undefined) throw serverError(`transaction ${toHex(hash)} not found`)
      return bytes
    },
    eth_getTransactionReceipt: ([hash]) => {
      const place = findPlace(node, hash)
      const receipts = place && chain.receiptsOf(place.block.hash())
      return place && receipts ? formatReceipt(place.block, receipts, place.index) : null
    },
    eth_sendRawTransaction: async ([bytes]) =>
      toHex(await node.submit(decodeRawTransaction(node, bytes))),
  }
}

/** Where a transaction stands on the canonical chain. */
function findPlace(node: ChainNode, hash: Uint8Array): Place | undefined {
  const place = node.chain.findTransaction(hash)
  const block = place && node.chain.blockByHash(place.blockHash)
  return place && block ? { block, index: place.index } : undefined
}

function show(node: ChainNode, block: Block | undefined, index: number) {
  const transaction = block?.transactions[index]
  if (block === undefined || transaction === undefined) return null
  const sender = node.chain.receiptsOf(block.hash())?.[index]?.from
  return formatTransaction(transaction, sender, { block, index })
}
