import { isError } from 'ethers'
import { MAX_TRANSACTION_GAS } from '../protocol/params.ts'

const MARGIN_PERCENT = 30n

/**
 * A gas limit with room for what time adds until the transaction is in a block: what begins to be earned meanwhile is
 * written where nothing stood. A node that is too busy to estimate is not asked again: the limit of a transaction
 * (EIP-7825) is enough, and unused gas costs nothing. Throws what `estimate` throws for a call that reverts.
 */
export async function gasLimitFor(estimate: () => Promise<bigint>): Promise<bigint> {
  try {
    const limit = ((await estimate()) * (100n + MARGIN_PERCENT)) / 100n
    return limit < MAX_TRANSACTION_GAS ? limit : MAX_TRANSACTION_GAS
  } catch (error) {
    if (isError(error, 'CALL_EXCEPTION') && error.data === null) return MAX_TRANSACTION_GAS
    throw error
  }
}
