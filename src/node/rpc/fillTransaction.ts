import { createTx, type TypedTransaction } from '@ethereumjs/tx'
import { invalidParams } from '../../api/rpc/errors.ts'
import type { TransactionRequest } from '../../api/rpc/transactionRequest.ts'
import { errorMessage } from '../../util/errors.ts'
import type { ChainNode } from '../node.ts'
import { estimateGas } from './estimateGas.ts'

/** A request with gas and fees decided, ready for a nonce. */
export interface FilledRequest extends TransactionRequest {
  gas: bigint
}

/** Decides what the caller left open: the gas, estimated, and the fees, enough for several blocks. */
export async function fillRequest(
  node: ChainNode,
  tip: bigint,
  request: TransactionRequest,
): Promise<FilledRequest> {
  const { chainId } = request
  if (chainId !== undefined && chainId !== node.chain.network.chainId) {
    throw invalidParams(
      `Invalid params: params[0] (transaction.chainId): this chain's id is ${node.chain.network.chainId}, got ${chainId}`,
    )
  }
  const filled = { ...request, ...fillFees(node, tip, request) }
  const gas = request.gas ?? (await estimateGas(node, filled, { block: { tag: 'pending' } }))
  return { ...filled, gas }
}

function fillFees(node: ChainNode, tip: bigint, request: TransactionRequest) {
  if (request.gasPrice !== undefined) return {}
  const baseFee = node.pendingBlock().header.baseFeePerGas ?? 0n
  if (isLegacy(request)) return { gasPrice: baseFee + tip }
  const { maxFeePerGas } = request
  const wanted = request.maxPriorityFeePerGas ?? tip
  const maxPriorityFeePerGas =
    maxFeePerGas !== undefined && wanted > maxFeePerGas ? maxFeePerGas : wanted
  return { maxPriorityFeePerGas, maxFeePerGas: maxFeePerGas ?? 2n * baseFee + maxPriorityFeePerGas }
}

const isLegacy = ({ type }: TransactionRequest): boolean => type === 0n || type === 1n

/** The type a request has the fields of, where it does not name one. */
function typeOf({ type, gasPrice, accessList, authorizationList }: TransactionRequest): number {
  if (type !== undefined) return Number(type)
  if (authorizationList !== undefined) return 4
  if (gasPrice === undefined) return 2
  return accessList === undefined ? 0 : 1
}

/** The unsigned transaction of a filled request. Throws `RPCError` INVALID_PARAMS if it makes none. */
export function createUnsigned(
  { chain }: ChainNode,
  request: FilledRequest,
  nonce: bigint,
): TypedTransaction {
  const { gas: gasLimit, from: _, type: __, chainId: ___, ...fields } = request
  const type = typeOf(request)
  const typed = type === 0 ? {} : { chainId: chain.network.chainId }
  try {
    return createTx({ ...fields, ...typed, type, gasLimit, nonce }, { common: chain.common })
  } catch (error) {
    throw invalidParams(`Invalid params: params[0] (transaction): ${errorMessage(error)}`)
  }
}
