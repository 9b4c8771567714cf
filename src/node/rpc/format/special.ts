import type { TypedTransaction } from '@ethereumjs/tx'
import type { RPCSpecial } from '../../../api/rpc/results.ts'
import { decodeSpecial, type SpecialArgument } from '../../../protocol/specialTransactions.ts'
import { toQuantity } from './hex.ts'

/** What a special transaction says, or undefined for every other transaction. */
export function formatSpecial({ to, data }: TypedTransaction): RPCSpecial | undefined {
  const special = decodeSpecial(to?.toString(), data)
  if (special === undefined) return undefined
  const { args, ...what } = special
  return {
    ...what,
    args: Object.fromEntries(
      Object.entries(args).map(([name, value]) => [name, formatArgument(value)]),
    ),
  }
}

const formatArgument = (value: SpecialArgument) =>
  typeof value === 'bigint' ? toQuantity(value) : value
