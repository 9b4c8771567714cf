import type { Block } from '@ethereumjs/block'
import { bytesToHex, createZeroAddress, hexToBytes, type PrefixedHexString } from '@ethereumjs/util'
import type { Result } from 'ethers/abi'
import type { Chain, Log } from '../chain/chain.ts'
import { simulate } from '../chain/simulate.ts'
import {
  SYSTEM_CONTRACTS,
  type SystemContractName,
  systemContractAddress,
} from '../protocol/addresses.ts'
import { MAX_TRANSACTION_GAS } from '../protocol/params.ts'
import { systemContractInterface } from '../protocol/systemContracts.ts'
import { GenaroError } from '../util/errors.ts'
import { bloomBits, hasBits } from './bloom.ts'

/** A view function of a system contract that failed, so that the node cannot know what it needs to. */
export class SystemReadError extends GenaroError<'SYSTEM_READ_FAILED'> {}

/**
 * What a view function of a system contract returns on the head: the value where there is one, else all of them.
 * Throws `SystemReadError` when the call fails.
 */
export async function readSystem<Value = Result>(
  chain: Chain,
  contract: SystemContractName,
  method: string,
  ...args: unknown[]
): Promise<Value> {
  const { head } = chain
  const abi = systemContractInterface(contract)
  const { returnValue, failure } = await simulate(
    { chain, state: chain.stateOf(head), header: head.header },
    {
      from: createZeroAddress(),
      to: systemContractAddress(contract),
      value: 0n,
      data: hexToBytes(abi.encodeFunctionData(method, args) as PrefixedHexString),
      gasLimit: MAX_TRANSACTION_GAS,
    },
  )
  if (failure !== undefined) {
    throw new SystemReadError('SYSTEM_READ_FAILED', {
      message: `${contract}.${method} failed: ${failure}`,
      facts: { contract, method, failure, data: bytesToHex(returnValue) },
    })
  }
  const values = abi.decodeFunctionResult(method, bytesToHex(returnValue))
  return (values.length === 1 ? values[0] : values) as Value
}

/** An event of a system contract. */
export interface SystemEvent {
  name: string
  /** By name and by place. */
  args: Result
}

/** The events of a system contract in a block, in their order; the header's bloom tells most blocks without any. */
export function readSystemEvents(
  chain: Chain,
  block: Block,
  contract: SystemContractName,
): SystemEvent[] {
  if (!hasBits(block.header.logsBloom, bitsOf(contract))) return []
  return (chain.receiptsOf(block.hash()) ?? []).flatMap(({ logs }) =>
    logs.flatMap((log) => readSystemEvent(contract, log) ?? []),
  )
}

const knownBits = new Map<SystemContractName, number[]>()

function bitsOf(contract: SystemContractName): number[] {
  const bits = knownBits.get(contract) ?? bloomBits(systemContractAddress(contract).bytes)
  knownBits.set(contract, bits)
  return bits
}

/** Reads a log as an event of a system contract; undefined when it is another's, or not one of its events. */
export function readSystemEvent(contract: SystemContractName, log: Log): SystemEvent | undefined {
  if (bytesToHex(log.address) !== SYSTEM_CONTRACTS[contract]) return undefined
  const event = systemContractInterface(contract).parseLog({
    topics: log.topics.map(bytesToHex),
    data: bytesToHex(log.data),
  })
  return event === null ? undefined : { name: event.name, args: event.args }
}
