import { decodeParameters } from '../../api/rpc/decodeParameters.ts'
import { RPCError } from '../../api/rpc/errors.ts'
import { isMethodName, type MethodName, rpcSchema } from '../../api/rpc/schema.ts'
import type { Handlers, RequestContext } from './handler.ts'

/**
 * Calls the handler of a method with decoded parameters. Answers at once where the handler does: a
 * promise costs more than a trivial method. Throws, or rejects with, `RPCError` and what handlers throw.
 */
export type Dispatch = (method: string, params: unknown, context: RequestContext) => unknown

type AnyHandler = (parameters: unknown[], context: RequestContext) => unknown

/** Finds handlers by name; a method without one is answered as unknown. */
export function createDispatch(handlers: Partial<Handlers>): Dispatch {
  return (method, params, context) => {
    const handler = isMethodName(method) ? handlers[method] : undefined
    if (handler === undefined) throw unknownMethod(method)
    const parameters = decodeParameters(rpcSchema[method as MethodName].parameters, params)
    // The schema decoded exactly what this handler takes; TypeScript cannot follow that by name.
    return (handler as unknown as AnyHandler)(parameters, context)
  }
}

const MAX_SHOWN = 64

const unknownMethod = (method: string): RPCError =>
  new RPCError('METHOD_NOT_FOUND', {
    message: `the method ${method.slice(0, MAX_SHOWN)} does not exist/is not available`,
  })
