import { RPCError } from '../../../api/rpc/errors.ts'
import type { LogFilter } from '../../../api/rpc/logFilter.ts'

/** An amount that many share. */
export interface Budget {
  /** Takes a part and returns how to give it back. Throws `RPCError` LIMIT_EXCEEDED when too little is left. */
  take(amount: number): () => void
}

export function createBudget(max: number, what: string): Budget {
  let taken = 0
  return {
    take(amount) {
      if (taken + amount > max) {
        throw new RPCError('LIMIT_EXCEEDED', {
          message: `the node keeps at most ${max} ${what} at a time`,
          hint: 'Remove what is no longer needed, or ask for less.',
        })
      }
      taken += amount
      return () => {
        taken -= amount
        amount = 0
      }
    },
  }
}

/** What a filter's criteria count for: its addresses and topics. */
export const weighCriteria = ({ addresses, topics }: Pick<LogFilter, 'addresses' | 'topics'>) =>
  (addresses?.length ?? 0) + topics.reduce((sum, any) => sum + (any?.length ?? 0), 0)
