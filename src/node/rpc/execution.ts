import { type Address, createZeroAddress } from '@ethereumjs/util'
import type { BlockReference } from '../../api/rpc/blockReference.ts'
import { RPCError } from '../../api/rpc/errors.ts'
import type { BlockOverrides, StateOverrides } from '../../api/rpc/overrides.ts'
import type { TransactionRequest } from '../../api/rpc/transactionRequest.ts'
import type { Hex } from '../../api/rpc/values.ts'
import type { Message, Simulation, SimulationContext } from '../../chain/simulate.ts'
import { MAX_TRANSACTION_GAS } from '../../protocol/params.ts'
import { giveWay, isTurnOver } from '../../util/giveWay.ts'
import type { ChainNode } from '../node.ts'
import { toHex } from './format/hex.ts'
import { overrideHeader, overrideState } from './overrides.ts'
import { requireBlock, stateBlock } from './resolveBlock.ts'
import { revertReason } from './revertReason.ts'

/** Where a call is tried: the block it is tried in and what is taken to be different there. */
export interface ExecutionPlace {
  block: BlockReference
  stateOverrides?: StateOverrides | undefined
  blockOverrides?: BlockOverrides | undefined
}

/** How long the runs of one request may take together, in milliseconds. */
const CALL_MILLISECONDS = 5_000

/**
 * Opens a fresh context for every run, since a simulation leaves its effects in the state. All runs share one
 * deadline.
 */
export function createContextSource(
  node: ChainNode,
  { block, stateOverrides = [], blockOverrides }: ExecutionPlace,
): () => Promise<SimulationContext> {
  const { chain } = node
  const standing = stateBlock(node, block)
  const header = overrideHeader(chain, requireBlock(node, block).header, blockOverrides)
  const deadline = performance.now() + CALL_MILLISECONDS
  return async () => {
    if (isTurnOver()) await giveWay()
    const state = chain.stateOf(standing)
    await overrideState(state, stateOverrides)
    return { chain, state, header, deadline }
  }
}

/** The most gas a call may use: a transaction's limit (EIP-7825), or its block's where that is less. */
export const gasCap = (blockGasLimit: bigint): bigint =>
  blockGasLimit < MAX_TRANSACTION_GAS ? blockGasLimit : MAX_TRANSACTION_GAS

const NOBODY = createZeroAddress()

/** The message a call object describes; fees of zero count as none, so that the call is free. */
export function toMessage(request: TransactionRequest, gasLimit: bigint): Message {
  const { from = NOBODY, to, value = 0n, data = new Uint8Array() } = request
  const message: Message = { from, to, value, data, gasLimit }
  const maxFeePerGas = feeCapOf(request)
  if (maxFeePerGas > 0n) {
    const tip = request.gasPrice ?? request.maxPriorityFeePerGas ?? 0n
    message.fees = { maxFeePerGas, maxPriorityFeePerGas: tip < maxFeePerGas ? tip : maxFeePerGas }
  }
  if (request.accessList !== undefined) message.accessList = request.accessList
  if (request.authorizationList !== undefined) {
    message.authorizationList = request.authorizationList
  }
  return message
}

/** The most the caller pays for a unit of gas, in wei; 0 when the call is free. */
export const feeCapOf = ({ gasPrice, maxFeePerGas }: TransactionRequest): bigint =>
  gasPrice ?? maxFeePerGas ?? 0n

/**
 * How a failed run is reported: code 3 with the data for a revert, as geth does and libraries expect,
 * else the exception's name.
 */
export function executionError({ failure, returnValue }: Simulation, to?: Address): RPCError {
  return failure === 'revert'
    ? revertError(toHex(returnValue), to)
    : new RPCError('SERVER_ERROR', { message: failure ?? 'execution failed' })
}

/** A revert with the data the contract at `to` returned, and the reason where it can be read. */
export function revertError(data: Hex, to: Address | undefined): RPCError {
  const reason = revertReason(data, to)
  const message = reason === undefined ? 'execution reverted' : `execution reverted: ${reason}`
  return new RPCError('EXECUTION_REVERTED', { message, data })
}
