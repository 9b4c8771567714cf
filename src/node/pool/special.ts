import { accessListBytesToJSON, type TypedTransaction } from '@ethereumjs/tx'
import {
  type Address,
  bytesToHex,
  eoaCode7702AuthorizationListBytesItemToJSON,
} from '@ethereumjs/util'
import type { Message, Simulation } from '../../chain/simulate.ts'
import { SYSTEM_CONTRACTS } from '../../protocol/addresses.ts'
import type { PoolEntry } from './entry.ts'
import { PoolError } from './errors.ts'

/** Tries a message on the head; stands for `simulate` with the node's pending header. */
export type Trial = (message: Message) => Promise<Simulation>

const SYSTEM_ADDRESSES: ReadonlySet<string> = new Set(Object.values(SYSTEM_CONTRACTS))

/** Whether it calls a system contract: the form every user-initiated special kind has (SPEC 4). */
export const isSpecial = ({ to }: TypedTransaction): boolean =>
  to !== undefined && SYSTEM_ADDRESSES.has(to.toString())

/** Runs the same code as execution will, and refuses what it would revert; throws `PoolError`. */
export async function trySpecial({ transaction, sender }: PoolEntry, trial: Trial): Promise<void> {
  requireSuccess(await trial(toMessage(transaction, sender)), transaction.to)
}

/** Throws `PoolError` SPECIAL_REVERTED, with what the contract at `to` said, for a trial that failed. */
export function requireSuccess(
  { failure, returnValue }: Pick<Simulation, 'failure' | 'returnValue'>,
  to?: Address,
): void {
  if (failure === undefined) return
  throw new PoolError('SPECIAL_REVERTED', {
    message: failure === 'revert' ? 'execution reverted' : `execution failed: ${failure}`,
    hint: 'The system contract refuses this call on the present state; its error says why.',
    facts: { data: bytesToHex(returnValue), failure, to: to?.toString() },
  })
}

const toMessage = (transaction: TypedTransaction, from: Address): Message => ({
  from,
  to: transaction.to,
  value: transaction.value,
  data: transaction.data,
  gasLimit: transaction.gasLimit,
  ...('accessList' in transaction && {
    accessList: accessListBytesToJSON(transaction.accessList),
  }),
  ...('authorizationList' in transaction && {
    authorizationList: transaction.authorizationList.map(
      eoaCode7702AuthorizationListBytesItemToJSON,
    ),
  }),
})
