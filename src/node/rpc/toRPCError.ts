import { createAddressFromString } from '@ethereumjs/util'
import { RPCError } from '../../api/rpc/errors.ts'
import type { Hex } from '../../api/rpc/values.ts'
import { GenaroError } from '../../util/errors.ts'
import type { Logger } from '../../util/logger.ts'
import { PoolError } from '../pool/errors.ts'
import { revertError } from './execution.ts'

/**
 * Turns whatever a handler threw into what the caller is told. What the project threw says what is
 * wrong; anything else is a fault of the node: it is logged, and the caller learns no inner detail.
 */
export function toRPCError(error: unknown, logger: Logger, method: string): RPCError {
  if (error instanceof RPCError) return error
  if (error instanceof PoolError && error.code === 'SPECIAL_REVERTED') return toRevert(error)
  if (error instanceof GenaroError) {
    const { message, hint } = error
    return new RPCError('SERVER_ERROR', hint === undefined ? { message } : { message, hint })
  }
  logger.error('request failed', {
    method,
    error: error instanceof Error ? (error.stack ?? error.message) : String(error),
  })
  return new RPCError('INTERNAL_ERROR', {
    message: 'Internal error',
    hint: 'This is a fault of the node; its log says more.',
  })
}

/** A special transaction the pool refused reads like any other revert. */
function toRevert({ facts, message }: PoolError): RPCError {
  const { data, to, failure } = facts
  if (failure !== 'revert') return new RPCError('SERVER_ERROR', { message })
  return revertError(data as Hex, typeof to === 'string' ? createAddressFromString(to) : undefined)
}
