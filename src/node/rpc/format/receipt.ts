import type { Block } from '@ethereumjs/block'
import type { RPCReceipt } from '../../../api/rpc/results.ts'
import type { Receipt } from '../../../chain/chain.ts'
import { asNetworkTransaction } from '../../../protocol/networkTransaction.ts'
import { toHex, toQuantity } from './hex.ts'
import { formatLogs } from './log.ts'
import { effectiveGasPrice } from './transaction.ts'

/** The receipt of the transaction at `index`, in JSON-RPC's form. */
export function formatReceipt(
  block: Block,
  receipts: readonly Receipt[],
  index: number,
): RPCReceipt {
  const receipt = receipts[index]!
  const transaction = block.transactions[index]!
  const kind = asNetworkTransaction(transaction)?.kind
  return {
    type: toQuantity(transaction.type),
    status: toQuantity(receipt.status),
    transactionHash: toHex(transaction.hash()),
    transactionIndex: toQuantity(index),
    blockHash: toHex(block.hash()),
    blockNumber: toQuantity(block.header.number),
    from: toHex(receipt.from.bytes),
    to: transaction.to === undefined ? null : toHex(transaction.to.bytes),
    contractAddress: receipt.createdAddress ? toHex(receipt.createdAddress.bytes) : null,
    cumulativeGasUsed: toQuantity(receipt.cumulativeGasUsed),
    gasUsed: toQuantity(receipt.gasUsed),
    effectiveGasPrice: toQuantity(effectiveGasPrice(transaction, block.header.baseFeePerGas ?? 0n)),
    logs: formatLogs(block, receipts, index),
    logsBloom: toHex(receipt.logsBloom),
    ...(kind === undefined ? {} : { kind: toQuantity(kind) }),
  }
}
