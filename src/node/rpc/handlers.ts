import type { ChainNode } from '../node.ts'
import type { Filters } from './events/filters.ts'
import type { Subscriptions } from './events/subscriptions.ts'
import type { Handlers } from './handler.ts'
import { createAccountHandlers } from './handlers/accounts.ts'
import { createBlockHandlers } from './handlers/blocks.ts'
import { createCallHandlers } from './handlers/calls.ts'
import { createDebugHandlers } from './handlers/debug.ts'
import { createEventHandlers } from './handlers/events.ts'
import { createEVMHandlers } from './handlers/evm.ts'
import { createFeeHandlers } from './handlers/fees.ts'
import { createGenaroHandlers } from './handlers/genaro.ts'
import { createInspectionHandlers } from './handlers/inspections.ts'
import { createNetworkHandlers } from './handlers/network.ts'
import { createStateHandlers } from './handlers/state.ts'
import { createTransactionHandlers } from './handlers/transactions.ts'
import { createTxpoolHandlers } from './handlers/txpool.ts'

/** The handlers of a public node: everything but the methods that only a devnet has. */
export const createPublicHandlers = (
  node: ChainNode,
  filters: Filters,
  subscriptions: Subscriptions,
) => ({
  ...createNetworkHandlers(node),
  ...createBlockHandlers(node),
  ...createTransactionHandlers(node),
  ...createStateHandlers(node),
  ...createCallHandlers(node),
  ...createFeeHandlers(node),
  ...createEventHandlers(node, filters, subscriptions),
  ...createAccountHandlers(node),
  ...createTxpoolHandlers(node),
  ...createDebugHandlers(node),
  ...createGenaroHandlers(node),
  ...createInspectionHandlers(node),
})

/** All handlers a node has; those of the devnet are missing on every other network. */
export function createHandlers(
  node: ChainNode,
  filters: Filters,
  subscriptions: Subscriptions,
): Partial<Handlers> {
  const open: Omit<Handlers, keyof ReturnType<typeof createEVMHandlers>> = createPublicHandlers(
    node,
    filters,
    subscriptions,
  )
  return node.devnet === undefined ? open : { ...open, ...createEVMHandlers(node, node.devnet) }
}
