import { RPCError } from '../../../api/rpc/errors.ts'
import type { ChainNode } from '../../node.ts'
import type { Filters } from '../events/filters.ts'
import { queryLogs } from '../events/queryLogs.ts'
import type { Subscriptions } from '../events/subscriptions.ts'
import type { Handlers } from '../handler.ts'

type Names =
  | 'eth_getLogs'
  | 'eth_newFilter'
  | 'eth_newBlockFilter'
  | 'eth_newPendingTransactionFilter'
  | 'eth_getFilterChanges'
  | 'eth_getFilterLogs'
  | 'eth_uninstallFilter'
  | 'eth_subscribe'
  | 'eth_unsubscribe'

/** Logs, filters and subscriptions. */
export function createEventHandlers(
  node: ChainNode,
  filters: Filters,
  subscriptions: Subscriptions,
): Handlers<Names> {
  return {
    eth_getLogs: ([filter]) => queryLogs(node, filter),
    eth_newFilter: ([filter]) => filters.addLogs(filter),
    eth_newBlockFilter: () => filters.addBlocks(),
    eth_newPendingTransactionFilter: () => filters.addTransactions(),
    eth_getFilterChanges: ([id]) => filters.changes(id),
    eth_getFilterLogs: ([id]) => filters.logs(id),
    eth_uninstallFilter: ([id]) => filters.remove(id),
    eth_subscribe: ([kind, options], { subscriber }) => {
      if (subscriber === undefined) throw noNotifications('eth_subscribe')
      return subscriptions.add(subscriber, kind, options)
    },
    eth_unsubscribe: ([id], { subscriber }) => {
      if (subscriber === undefined) throw noNotifications('eth_unsubscribe')
      return subscriptions.remove(subscriber, id)
    },
  }
}

const noNotifications = (method: string): RPCError =>
  new RPCError('METHOD_NOT_FOUND', {
    message: `${method}: notifications not supported over HTTP`,
    hint: 'Connect by WebSocket to the same address, or poll with eth_newFilter.',
  })
