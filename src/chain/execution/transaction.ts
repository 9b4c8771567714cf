import type { Block } from '@ethereumjs/block'
import type { TypedTransaction } from '@ethereumjs/tx'
import { encodeReceipt, type RunTxResult, runTx } from '@ethereumjs/vm'
import type { Log, Receipt } from '../chain.ts'
import type { Machine } from '../machine.ts'
import type { WorldState } from '../state/worldState.ts'
import type { AppliedTransaction } from './body.ts'

/**
 * Executes one transaction in a block. Throws, leaving the state as it was, when the transaction cannot
 * be part of the block at all (nonce, balance, fees, or a fault of the EVM itself); a reverted one is
 * applied with status 0.
 */
export async function applyTransaction(
  machine: Machine,
  block: Block,
  transaction: TypedTransaction,
  gasUsedBefore: bigint,
): Promise<AppliedTransaction> {
  const result = await runOrUndo(machine, () =>
    runTx(machine, { tx: transaction, block, blockGasUsed: gasUsedBefore }),
  )
  return {
    receipt: toReceipt(transaction, result),
    encodedReceipt: encodeReceipt(result.receipt, transaction.type),
    blobGasUsed: result.blobGasUsed ?? 0n,
  }
}

/**
 * Undoes what a run did when it throws. `runTx` undoes one checkpoint when it throws. An exception inside the EVM, which is none of the contract's,
 * leaves the frames' own checkpoints open besides; they must not outlive the transaction.
 */
export async function runOrUndo<Result>(
  machine: Machine,
  run: () => Promise<Result>,
): Promise<Result> {
  const state = machine.stateManager as WorldState
  const before = state.openCheckpoints
  try {
    return await run()
  } catch (error) {
    while (state.openCheckpoints > before) await state.revert()
    machine.evm.reset()
    throw error
  }
}

const toReceipt = (transaction: TypedTransaction, result: RunTxResult): Receipt => ({
  type: transaction.type,
  status: result.execResult.exceptionError === undefined ? 1 : 0,
  cumulativeGasUsed: result.receipt.cumulativeBlockGasUsed,
  gasUsed: result.totalGasSpent,
  logsBloom: result.receipt.bitvector,
  logs: toLogs(result.receipt.logs),
  from: transaction.getSenderAddress(),
  createdAddress: transaction.to === undefined ? result.createdAddress : undefined,
})

export const toLogs = (logs: readonly [Uint8Array, Uint8Array[], Uint8Array][] = []): Log[] =>
  logs.map(([address, topics, data]) => ({ address, topics, data }))
