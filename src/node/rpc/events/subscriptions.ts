import { RPCError } from '../../../api/rpc/errors.ts'
import type { SubscriptionKind } from '../../../api/rpc/eth.ts'
import type { LogFilter } from '../../../api/rpc/logFilter.ts'
import type { Hex } from '../../../api/rpc/values.ts'
import type { ChainNode } from '../../node.ts'
import { formatHeader } from '../format/block.ts'
import { toHex } from '../format/hex.ts'
import { formatTransaction } from '../format/transaction.ts'
import type { Subscriber } from '../handler.ts'
import type { Feed, FeedListener } from './feed.ts'
import { randomId } from './identifier.ts'
import { createLogMatcher } from './logMatcher.ts'

/** What connections asked to be told of (`eth_subscribe`). */
export interface Subscriptions {
  /** Throws `RPCError` LIMIT_EXCEEDED when the subscriber has too many. */
  add(subscriber: Subscriber, kind: SubscriptionKind, options: SubscriptionOptions): Hex
  /** False when the subscriber has no such subscription. */
  remove(subscriber: Subscriber, id: string): boolean
  /** Forgets a subscriber that is gone. */
  drop(subscriber: Subscriber): void
}

/** A filter for `logs`; true for whole transactions in `newPendingTransactions`. */
export type SubscriptionOptions = LogFilter | boolean | undefined

/** Keeps subscriptions; one node event is written as JSON once per subscription kind that wants it. */
export function createSubscriptions(
  node: ChainNode,
  feed: Feed,
  maxPerSubscriber = 1_000,
): Subscriptions {
  const stops = new Map<Subscriber, Map<string, () => void>>()

  return {
    add(subscriber, kind, options) {
      const own = stops.get(subscriber) ?? new Map<string, () => void>()
      if (own.size >= maxPerSubscriber) {
        throw new RPCError('LIMIT_EXCEEDED', {
          message: `a connection has at most ${maxPerSubscriber} subscriptions`,
          hint: 'Unsubscribe what is no longer needed, or filter on the client side.',
        })
      }
      const id = randomId()
      const notify = (result: unknown): void =>
        subscriber.notify(
          `{"jsonrpc":"2.0","method":"eth_subscription","params":{"subscription":"${id}","result":${JSON.stringify(result)}}}`,
        )
      own.set(id, feed.listen(createListener(node, kind, options, notify)))
      stops.set(subscriber, own)
      return id
    },
    remove(subscriber, id) {
      const own = stops.get(subscriber)
      own?.get(id)?.()
      return own?.delete(id) ?? false
    },
    drop(subscriber) {
      for (const stop of stops.get(subscriber)?.values() ?? []) stop()
      stops.delete(subscriber)
    },
  }
}

function createListener(
  node: ChainNode,
  kind: SubscriptionKind,
  options: SubscriptionOptions,
  notify: (result: unknown) => void,
): FeedListener {
  switch (kind) {
    case 'newHeads':
      return {
        onHead({ added }) {
          for (const block of added) notify(formatHeader(block))
        },
      }
    case 'logs':
      return createLogListener(node, typeof options === 'object' ? options : undefined, notify)
    case 'newPendingTransactions':
      return {
        onTransaction: (transaction) =>
          notify(options === true ? formatTransaction(transaction) : toHex(transaction.hash())),
      }
    // A node that seals its own chain is never behind, so there is nothing to tell.
    case 'syncing':
      return {}
  }
}

function createLogListener(
  node: ChainNode,
  filter: LogFilter | undefined,
  notify: (result: unknown) => void,
): FeedListener {
  const match = createLogMatcher(node.chain, filter ?? { addresses: undefined, topics: [] })
  return {
    onHead({ removed, added }) {
      for (const block of removed) for (const log of match(block, true)) notify(log)
      for (const block of added) for (const log of match(block)) notify(log)
    },
  }
}
