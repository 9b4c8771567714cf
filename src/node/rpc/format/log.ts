import type { Block } from '@ethereumjs/block'
import type { RPCLog } from '../../../api/rpc/results.ts'
import type { Log, Receipt } from '../../../chain/chain.ts'
import { toHex, toQuantity } from './hex.ts'

/** The logs of the transaction at `index`; log indices count through the whole block. */
export function formatLogs(block: Block, receipts: readonly Receipt[], index: number): RPCLog[] {
  let first = 0
  for (let before = 0; before < index; before++) first += receipts[before]!.logs.length
  return receipts[index]!.logs.map((log, offset) =>
    formatLog(block, index, log, first + offset, false),
  )
}

/** One log in JSON-RPC's form; `removed` says that its block left the canonical chain. */
export const formatLog = (
  block: Block,
  transactionIndex: number,
  log: Log,
  logIndex: number,
  removed: boolean,
): RPCLog => ({
  address: toHex(log.address),
  topics: log.topics.map(toHex),
  data: toHex(log.data),
  blockHash: toHex(block.hash()),
  blockNumber: toQuantity(block.header.number),
  blockTimestamp: toQuantity(block.header.timestamp),
  transactionHash: toHex(block.transactions[transactionIndex]!.hash()),
  transactionIndex: toQuantity(transactionIndex),
  logIndex: toQuantity(logIndex),
  removed,
})
