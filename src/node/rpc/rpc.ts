import type { MethodName, Parameters, Result } from '../../api/rpc/schema.ts'
import type { Logger } from '../../util/logger.ts'
import type { ChainNode } from '../node.ts'
import { type Answer, createAnswer } from './answer.ts'
import { createDispatch } from './dispatcher.ts'
import { createFeed } from './events/feed.ts'
import { createFilters } from './events/filters.ts'
import { createSubscriptions, type Subscriptions } from './events/subscriptions.ts'
import type { Subscriber } from './handler.ts'
import { createHandlers } from './handlers.ts'
import { toRPCError } from './toRPCError.ts'

/** The JSON-RPC interface of a node without a network: for servers, and for use in the same process. */
export interface RPC {
  /** Text in, text out. */
  answer: Answer
  /** Calls one method (EIP-1193). Rejects with `RPCError`. A subscriber is told of events as text. */
  request<Name extends MethodName>(
    method: Name,
    params?: Parameters<Name>,
    subscriber?: Subscriber,
  ): Promise<Result<Name>>
  request(method: string, params?: unknown, subscriber?: Subscriber): Promise<unknown>
  subscriptions: Subscriptions
  /** Stops listening to the node. */
  close(): void
}

/** Puts the JSON-RPC interface on a node. */
export function createRPC({
  node,
  logger = node.logger,
}: {
  node: ChainNode
  logger?: Logger
}): RPC {
  const feed = createFeed(node)
  const filters = createFilters({ node, feed })
  const subscriptions = createSubscriptions(node, feed)
  const dispatch = createDispatch(createHandlers(node, filters, subscriptions))
  return {
    answer: createAnswer({ dispatch, logger }),
    async request(method: string, params?: unknown, subscriber?: Subscriber) {
      try {
        return await dispatch(method, params, { subscriber })
      } catch (error) {
        throw toRPCError(error, logger, method)
      }
    },
    subscriptions,
    close() {
      filters.close()
      feed.close()
    },
  }
}
