import { createBlock } from '@ethereumjs/block'
import type { NetworkTransaction } from '../protocol/networkTransaction.ts'
import type { Log } from './chain.ts'
import { runNetworkCall } from './execution/networkCall.ts'
import { toLogs } from './execution/transaction.ts'
import type { SimulationContext } from './simulate.ts'

/** What came of trying a network transaction. */
export interface NetworkSimulation {
  /** Undefined when it succeeded; 'revert' when the contract reverted, else the exception's name. */
  failure: string | undefined
  /** What the contract returned or reverted with. */
  returnValue: Uint8Array
  /** Gas of the execution alone. */
  gasUsed: bigint
  logs: Log[]
}

/**
 * Tries a network transaction by the code that will execute it, as if in the block with the context's header; the
 * chain is not changed. The state takes the effects of one that succeeds, so that several can follow each other. Throws
 * `NetworkTransactionError` BAD_SIGNATURE when nobody signed so.
 */
export async function simulateNetworkTransaction(
  { chain, state, header, deadline }: SimulationContext,
  transaction: NetworkTransaction,
): Promise<NetworkSimulation> {
  const block = createBlock({ header }, { common: chain.common })
  const workplace = { state, blockHashes: chain.ancestorHashes(header), deadline }
  const { exceptionError, returnValue, executionGasUsed, logs } = await chain.rules.machines.use(
    workplace,
    (machine) =>
      runNetworkCall(machine, block, transaction, (result) => result.exceptionError === undefined),
  )
  return {
    failure: exceptionError?.error,
    returnValue,
    gasUsed: executionGasUsed,
    logs: toLogs(logs),
  }
}
