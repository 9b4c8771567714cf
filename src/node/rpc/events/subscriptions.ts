import type { TypedTransaction } from '@ethereumjs/tx'
import { RPCError } from '../../../api/rpc/errors.ts'
import type { SubscriptionKind } from '../../../api/rpc/eth.ts'
import type { LogFilter } from '../../../api/rpc/logFilter.ts'
import type { Hex } from '../../../api/rpc/values.ts'
import type { ChainNode } from '../../node.ts'
import { toHex } from '../format/hex.ts'
import type { Subscriber } from '../handler.ts'
import { createBudget, weighCriteria } from './budget.ts'
import { createEventTexts, type EventTexts } from './eventTexts.ts'
import type { Feed, FeedListener } from './feed.ts'
import { randomId } from './identifier.ts'
import { createMatcher } from './logMatcher.ts'

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

/** Of all connections together. */
const MAX_SUBSCRIPTIONS = 20_000
const MAX_CRITERIA = 200_000

/** Keeps subscriptions; an event is written as JSON once, however many want it. */
export function createSubscriptions(
  node: ChainNode,
  feed: Feed,
  maxPerSubscriber = 1_000,
): Subscriptions {
  const stops = new Map<Subscriber, Map<string, () => void>>()
  const places = createBudget(MAX_SUBSCRIPTIONS, 'subscriptions')
  const criteria = createBudget(MAX_CRITERIA, 'addresses and topics in all subscriptions')
  const texts = createEventTexts()

  return {
    add(subscriber, kind, options) {
      const own = stops.get(subscriber) ?? new Map<string, () => void>()
      if (own.size >= maxPerSubscriber) {
        throw new RPCError('LIMIT_EXCEEDED', {
          message: `a connection has at most ${maxPerSubscriber} subscriptions`,
          hint: 'Unsubscribe what is no longer needed, or filter on the client side.',
        })
      }
      const giveBack = [
        criteria.take(typeof options === 'object' ? weighCriteria(options) : 0),
        places.take(1),
      ]
      const id = randomId()
      const notify: Notify = (result) =>
        subscriber.notify(
          `{"jsonrpc":"2.0","method":"eth_subscription","params":{"subscription":"${id}","result":${result}}}`,
        )
      const stop = feed.listen(createListener(node, kind, options, texts, notify))
      own.set(id, () => {
        stop()
        for (const give of giveBack) give()
      })
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

/** Sends a result that is JSON already. */
type Notify = (result: string) => void

function createListener(
  node: ChainNode,
  kind: SubscriptionKind,
  options: SubscriptionOptions,
  texts: EventTexts,
  notify: Notify,
): FeedListener {
  switch (kind) {
    case 'newHeads':
      return {
        onHead({ added }) {
          for (const block of added) notify(texts.head(block))
        },
      }
    case 'logs': {
      const filter = typeof options === 'object' ? options : ANY_LOG
      const match = createMatcher(node.chain, filter, texts.log)
      return {
        onHead({ removed, added }) {
          for (const block of removed) for (const log of match(block, true)) notify(log)
          for (const block of added) for (const log of match(block)) notify(log)
        },
      }
    }
    case 'newPendingTransactions':
      return {
        onTransaction: (transaction) =>
          notify(options === true ? texts.transaction(transaction) : quotedHash(transaction)),
      }
    // A node that seals its own chain is never behind, so there is nothing to tell.
    case 'syncing':
      return {}
  }
}

const ANY_LOG = { addresses: undefined, topics: [] }

const quotedHash = (transaction: TypedTransaction): string => `"${toHex(transaction.hash())}"`
