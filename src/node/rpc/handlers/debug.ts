import type { Block } from '@ethereumjs/block'
import type { TransactionType } from '@ethereumjs/tx'
import { encodeReceipt } from '@ethereumjs/vm'
import type { Hex } from '../../../api/rpc/values.ts'
import type { ChainNode } from '../../node.ts'
import { toHex } from '../format/hex.ts'
import type { Handlers } from '../handler.ts'
import { requireBlock } from '../resolveBlock.ts'

type Names = 'debug_getRawHeader' | 'debug_getRawBlock' | 'debug_getRawReceipts'

/** Blocks and receipts as the bytes that are hashed. */
export function createDebugHandlers(node: ChainNode): Handlers<Names> {
  return {
    debug_getRawHeader: ([block]) => toHex(requireBlock(node, block).header.serialize()),
    debug_getRawBlock: ([block]) => toHex(requireBlock(node, block).serialize()),
    debug_getRawReceipts: ([block]) => rawReceipts(node, requireBlock(node, block)),
  }
}

const rawReceipts = ({ chain }: ChainNode, block: Block): Hex[] =>
  (chain.receiptsOf(block.hash()) ?? []).map((receipt) => {
    const { type, status, cumulativeGasUsed, logsBloom, logs } = receipt
    const consensus = {
      status,
      cumulativeBlockGasUsed: cumulativeGasUsed,
      bitvector: logsBloom,
      logs: logs.map((log): [Uint8Array, Uint8Array[], Uint8Array] => [
        log.address,
        log.topics,
        log.data,
      ]),
    }
    return toHex(encodeReceipt(consensus, type as TransactionType))
  })
