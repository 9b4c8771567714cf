import type { TypedTransaction } from '@ethereumjs/tx'
import type { RPCArgument, RPCSpecial } from '../../../api/rpc/results.ts'
import { asNetworkTransaction } from '../../../protocol/networkTransaction.ts'
import { decodeSpecial, type SpecialArgument } from '../../../protocol/specialTransactions.ts'
import { toQuantity } from './hex.ts'
import { formatNetworkSpecial } from './networkTransaction.ts'

/** What a special transaction says, or undefined for every other transaction. */
export function formatSpecial(transaction: TypedTransaction): RPCSpecial | undefined {
  const network = asNetworkTransaction(transaction)
  if (network !== undefined) return formatNetworkSpecial(network)
  const { to, data } = transaction
  const special = decodeSpecial(to?.toString(), data)
  if (special === undefined) return undefined
  const { args, ...what } = special
  return { ...what, args: formatStruct(args) }
}

const formatStruct = (fields: Record<string, SpecialArgument>): Record<string, RPCArgument> =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, formatArgument(value)]))

function formatArgument(value: SpecialArgument): RPCArgument {
  if (typeof value === 'bigint') return toQuantity(value)
  if (Array.isArray(value)) return value.map(formatArgument)
  return typeof value === 'object' ? formatStruct(value) : value
}
