import type { Block } from '@ethereumjs/block'
import type { BlockReference } from '../../../api/rpc/blockReference.ts'
import type { ChainNode } from '../../node.ts'
import { formatBlock } from '../format/block.ts'
import { toQuantity } from '../format/hex.ts'
import { formatReceipt } from '../format/receipt.ts'
import type { Handlers } from '../handler.ts'
import { findBlock } from '../resolveBlock.ts'

type Names =
  | 'eth_blockNumber'
  | 'eth_getBlockByHash'
  | 'eth_getBlockByNumber'
  | 'eth_getBlockTransactionCountByHash'
  | 'eth_getBlockTransactionCountByNumber'
  | 'eth_getUncleCountByBlockHash'
  | 'eth_getUncleCountByBlockNumber'
  | 'eth_getUncleByBlockHashAndIndex'
  | 'eth_getUncleByBlockNumberAndIndex'
  | 'eth_getBlockReceipts'

/** Blocks and what is in them. A block the chain does not have is null, not an error. */
export function createBlockHandlers(node: ChainNode): Handlers<Names> {
  const { chain } = node

  const show = (block: Block | undefined, full: boolean) =>
    block === undefined ? null : formatBlock(block, full ? sendersOf(node, block) : undefined)
  const count = (block: Block | undefined) =>
    block === undefined ? null : toQuantity(block.transactions.length)
  const noUncles = (block: Block | undefined) => (block === undefined ? null : '0x0')

  return {
    eth_blockNumber: () => toQuantity(chain.head.header.number),
    eth_getBlockByHash: ([hash, full]) => show(chain.blockByHash(hash), full),
    eth_getBlockByNumber: ([block, full]) => show(findBlock(node, block), full),
    eth_getBlockTransactionCountByHash: ([hash]) => count(chain.blockByHash(hash)),
    eth_getBlockTransactionCountByNumber: ([block]) => count(findBlock(node, block)),
    eth_getUncleCountByBlockHash: ([hash]) => noUncles(chain.blockByHash(hash)),
    eth_getUncleCountByBlockNumber: ([block]) => noUncles(findBlock(node, block)),
    eth_getUncleByBlockHashAndIndex: () => null,
    eth_getUncleByBlockNumberAndIndex: () => null,
    eth_getBlockReceipts: ([reference]) => showReceipts(node, reference),
  }
}

function showReceipts(node: ChainNode, reference: BlockReference) {
  const block = findBlock(node, reference)
  if (block === undefined) return null
  const receipts = node.chain.receiptsOf(block.hash()) ?? []
  return receipts.map((_, index) => formatReceipt(block, receipts, index))
}

/** The senders of a block's transactions as its receipts keep them. */
export const sendersOf = (node: ChainNode, block: Block) =>
  (node.chain.receiptsOf(block.hash()) ?? []).map(({ from }) => from)
