import type { ParamType, TransactionDescription } from 'ethers/abi'
import { SYSTEM_CONTRACTS, type SystemContractName } from './addresses.ts'
import { systemContractInterface } from './systemContracts.ts'

/** A kind of special transaction that users send (SPEC 4; YP 3.6). */
export interface SpecialKind {
  kind: number
  name: string
  contract: SystemContractName
  /** The functions of the contract that are of this kind. */
  methods: readonly string[]
}

/** The user-initiated kinds: each is an ordinary transaction to a system contract's function. */
export const SPECIAL_KINDS: readonly SpecialKind[] = [
  { kind: 1, name: 'bet', contract: 'Staking', methods: ['bet', 'registerKey', 'setPayee'] },
  { kind: 3, name: 'buySpace', contract: 'StorageMarket', methods: ['buySpace', 'withdrawCredit'] },
  { kind: 4, name: 'buyTraffic', contract: 'StorageMarket', methods: ['buyTraffic'] },
  { kind: 5, name: 'unstake', contract: 'Staking', methods: ['resign', 'unstake', 'withdraw'] },
  { kind: 6, name: 'extendBucket', contract: 'StorageMarket', methods: ['extendBucket'] },
  { kind: 8, name: 'registerNode', contract: 'Nodes', methods: ['register', 'update', 'retire'] },
]

/** An argument of a special transaction: numbers are bigint, bytes and addresses 0x-prefixed lower-case hex. */
export type SpecialArgument = bigint | string | boolean

/** What a special transaction asks for. */
export interface SpecialCall {
  kind: number
  name: string
  contract: SystemContractName
  method: string
  /** By parameter name, in the function's order. */
  args: Record<string, SpecialArgument>
}

const CONTRACT_BY_ADDRESS = new Map<string, SystemContractName>(
  Object.entries(SYSTEM_CONTRACTS).map(([name, address]) => [address, name as SystemContractName]),
)

/**
 * Reads a transaction's recipient and data as a special transaction. Undefined for every other one, and
 * for data that is not a valid call; never throws.
 */
export function decodeSpecial(
  to: string | undefined | null,
  data: Uint8Array | string,
): SpecialCall | undefined {
  const contract = CONTRACT_BY_ADDRESS.get(to?.toLowerCase() ?? '')
  if (contract === undefined) return undefined
  const call = parseCall(contract, data)
  if (call === undefined) return undefined
  const special = SPECIAL_KINDS.find(
    (entry) => entry.contract === contract && entry.methods.includes(call.name),
  )
  if (special === undefined) return undefined
  const { kind, name } = special
  return { kind, name, contract, method: call.name, args: namedArguments(call) }
}

function parseCall(
  contract: SystemContractName,
  data: Uint8Array | string,
): TransactionDescription | undefined {
  try {
    const hex = typeof data === 'string' ? data : `0x${Buffer.from(data).toString('hex')}`
    const call = systemContractInterface(contract).parseTransaction({ data: hex }) ?? undefined
    // Arguments are decoded when they are read, so malformed ones throw here.
    call?.args.toArray()
    return call
  } catch {
    return undefined
  }
}

const namedArguments = ({ fragment, args }: TransactionDescription) =>
  Object.fromEntries(
    fragment.inputs.map((input, index) => [input.name, toArgument(input, args[index])]),
  )

const toArgument = ({ baseType }: ParamType, value: SpecialArgument): SpecialArgument =>
  baseType === 'address' ? String(value).toLowerCase() : value
