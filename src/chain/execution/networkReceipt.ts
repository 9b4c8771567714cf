import type { ExecResult } from '@ethereumjs/evm'
import { Bloom, encodeReceipt } from '@ethereumjs/vm'
import type { NetworkTransaction } from '../../protocol/networkTransaction.ts'
import type { Machine } from '../machine.ts'
import type { AppliedTransaction } from './body.ts'
import { toLogs } from './transaction.ts'

/** The receipt of a network transaction: type 0x60, no gas used, so the block's sum stays as it was. */
export function toNetworkReceipt(
  { common }: Machine,
  transaction: NetworkTransaction,
  { exceptionError, logs = [] }: ExecResult,
  gasUsedBefore: bigint,
): AppliedTransaction {
  const status = exceptionError === undefined ? 1 : 0
  const bloom = new Bloom(undefined, common)
  for (const [address, topics] of logs) {
    for (const item of [address, ...topics]) bloom.add(item)
  }
  return {
    receipt: {
      type: transaction.type,
      status,
      cumulativeGasUsed: gasUsedBefore,
      gasUsed: 0n,
      logsBloom: bloom.bitvector,
      logs: toLogs(logs),
      from: transaction.getSenderAddress(),
      createdAddress: undefined,
    },
    encodedReceipt: encodeReceipt(
      { status, cumulativeBlockGasUsed: gasUsedBefore, bitvector: bloom.bitvector, logs },
      transaction.type as Parameters<typeof encodeReceipt>[1],
    ),
    blobGasUsed: 0n,
  }
}
