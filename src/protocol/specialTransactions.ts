import type { ParamType, Result, TransactionDescription } from 'ethers/abi'
import { SYSTEM_CONTRACTS, type SystemContractName } from './addresses.ts'
import { systemContractInterface } from './systemContracts.ts'

/** A kind of special transaction as a call of a contract (SPEC 4; YP 3.6). */
export interface SpecialKind {
  kind: number
  name: string
  contract: SystemContractName
  /** The functions of the contract that are of this kind. */
  methods: readonly string[]
}

/**
 * The kinds that are functions of a system contract, which an ordinary transaction to it may call. Answers (10) mostly
 * come as network transactions instead, which pay no fee.
 */
export const SPECIAL_KINDS: readonly SpecialKind[] = [
  { kind: 1, name: 'bet', contract: 'Staking', methods: ['bet', 'registerKey', 'setPayee'] },
  { kind: 3, name: 'buySpace', contract: 'StorageMarket', methods: ['buySpace', 'withdrawCredit'] },
  {
    kind: 4,
    name: 'buyTraffic',
    contract: 'StorageMarket',
    methods: ['buyTraffic', 'redeemTraffic'],
  },
  { kind: 5, name: 'unstake', contract: 'Staking', methods: ['resign', 'unstake', 'withdraw'] },
  { kind: 6, name: 'extendBucket', contract: 'StorageMarket', methods: ['extendBucket'] },
  { kind: 8, name: 'registerNode', contract: 'Nodes', methods: ['register', 'update', 'retire'] },
  {
    kind: 9,
    name: 'registerReplicas',
    contract: 'Replicas',
    methods: ['register', 'release', 'collect', 'nameSteward'],
  },
  { kind: 9, name: 'registerReplicas', contract: 'Inspections', methods: ['join', 'drop'] },
  { kind: 10, name: 'inspectionAnswer', contract: 'Inspections', methods: ['answer'] },
  {
    kind: 16,
    name: 'challengeReplica',
    contract: 'Inspections',
    methods: ['challenge', 'withdrawCredit'],
  },
  {
    kind: 16,
    name: 'challengeReplica',
    contract: 'SentinelGroups',
    methods: ['commit', 'challenge', 'answerDigest', 'answerLeaves', 'settle', 'withdrawCredit'],
  },
  { kind: 18, name: 'collectReward', contract: 'Heft', methods: ['collectReward'] },
]

/**
 * An argument of a special transaction: numbers are bigint, bytes and addresses 0x-prefixed lower-case hex,
 * structs objects by their fields' names.
 */
export type SpecialArgument =
  | bigint
  | string
  | boolean
  | SpecialArgument[]
  | { [name: string]: SpecialArgument }

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
  const { method, args } = call
  const special = SPECIAL_KINDS.find(
    (entry) => entry.contract === contract && entry.methods.includes(method),
  )
  return special && { kind: special.kind, name: special.name, contract, method, args }
}

function parseCall(
  contract: SystemContractName,
  data: Uint8Array | string,
): Pick<SpecialCall, 'method' | 'args'> | undefined {
  try {
    const hex = typeof data === 'string' ? data : `0x${Buffer.from(data).toString('hex')}`
    const call = systemContractInterface(contract).parseTransaction({ data: hex })
    // Arguments are decoded when they are read, so malformed ones throw here.
    return call === null ? undefined : { method: call.name, args: namedArguments(call) }
  } catch {
    return undefined
  }
}

const namedArguments = ({ fragment, args }: TransactionDescription) =>
  toStruct(fragment.inputs, args)

const toStruct = (fields: readonly ParamType[], values: Result): Record<string, SpecialArgument> =>
  Object.fromEntries(fields.map((field, index) => [field.name, toArgument(field, values[index])]))

function toArgument(type: ParamType, value: unknown): SpecialArgument {
  if (type.isArray()) {
    return (value as Result).toArray().map((item) => toArgument(type.arrayChildren, item))
  }
  if (type.isTuple()) return toStruct(type.components, value as Result)
  return type.baseType === 'address' ? String(value).toLowerCase() : (value as SpecialArgument)
}
