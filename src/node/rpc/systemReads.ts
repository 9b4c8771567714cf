import { bytesToHex, hexToBytes, type PrefixedHexString } from '@ethereumjs/util'
import type { ParamType } from 'ethers/abi'
import type { BlockReference } from '../../api/rpc/blockReference.ts'
import { simulate } from '../../chain/simulate.ts'
import { type SystemContractName, systemContractAddress } from '../../protocol/addresses.ts'
import { systemContractInterface } from '../../protocol/systemContracts.ts'
import type { ChainNode } from '../node.ts'
import { createContextSource, executionError, gasCap, toMessage } from './execution.ts'
import { toQuantity } from './format/hex.ts'

/** Reads a view function of a system contract at one block, with its result, or all by name, in JSON-RPC's form. */
export type SystemRead = <Result>(
  contract: SystemContractName,
  method: string,
  ...args: unknown[]
) => Promise<Result>

/** Reads by calling, so that a contract's own rules (ended space, paging) hold here too. */
export function createSystemReader(node: ChainNode, block: BlockReference): SystemRead {
  const openContext = createContextSource(node, { block })
  return async <Result>(contract: SystemContractName, method: string, ...args: unknown[]) => {
    const abi = systemContractInterface(contract)
    const to = systemContractAddress(contract)
    const data = hexToBytes(abi.encodeFunctionData(method, args) as PrefixedHexString)
    const context = await openContext()
    const message = toMessage({ to, data }, gasCap(context.header.gasLimit))
    const simulation = await simulate(context, message)
    if (simulation.failure !== undefined) throw executionError(simulation, to)
    const { outputs } = abi.getFunction(method)!
    const values = abi.decodeFunctionResult(method, bytesToHex(simulation.returnValue))
    return (
      outputs.length === 1 ? toJSON(outputs[0]!, values[0]) : toFields(outputs, values)
    ) as Result
  }
}

const toFields = (types: readonly ParamType[], values: ArrayLike<unknown>) =>
  Object.fromEntries(types.map((type, at) => [type.name, toJSON(type, values[at])]))

/** A decoded ABI value in JSON-RPC's form: numbers as quantities, structs as objects. */
function toJSON(type: ParamType, value: unknown): unknown {
  if (type.isArray())
    return [...(value as Iterable<unknown>)].map((item) => toJSON(type.arrayChildren, item))
  if (type.isTuple()) return toFields(type.components, value as unknown[])
  if (typeof value === 'bigint') return toQuantity(value)
  return type.baseType === 'address' ? String(value).toLowerCase() : value
}
