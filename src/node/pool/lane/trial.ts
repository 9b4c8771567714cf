import type { BlockHeader } from '@ethereumjs/block'
import type { Chain } from '../../../chain/chain.ts'
import { writeBlockStart } from '../../../chain/execution/systemWrites.ts'
import { simulateNetworkTransaction } from '../../../chain/simulateNetworkTransaction.ts'
import type { NetworkTransaction } from '../../../protocol/networkTransaction.ts'
import { requireSuccess } from '../special.ts'

/** Tries an answer in the next block; throws `PoolError` SPECIAL_REVERTED when the contract refuses it. */
export type AnswerTrial = (transaction: NetworkTransaction) => Promise<void>

/** Tries answers by the code that executes them, in the slot of the block that would be built next. */
export const createAnswerTrial =
  (chain: Chain, pendingHeader: () => BlockHeader): AnswerTrial =>
  async (transaction) => {
    const { head } = chain
    const header = pendingHeader()
    const state = chain.stateOf(head)
    await writeBlockStart(chain.rules, state, head.header, header)
    const result = await simulateNetworkTransaction({ chain, state, header }, transaction)
    requireSuccess(result, transaction.to)
  }
