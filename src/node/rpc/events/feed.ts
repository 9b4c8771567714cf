import type { TypedTransaction } from '@ethereumjs/tx'
import type { HeadChange } from '../../../chain/chain.ts'
import type { ChainNode } from '../../node.ts'

/** What happens on the node that somebody may want to be told of. */
export interface FeedListener {
  onHead?(change: HeadChange): void
  onTransaction?(transaction: TypedTransaction): void
}

/** Passes events on to whoever listens. One listener on the node serves all. */
export interface Feed {
  /** Returns how to stop. */
  listen(listener: FeedListener): () => void
  close(): void
}

/** Listens to a node; a listener that throws is left out and logged, and harms nobody else. */
export function createFeed(node: ChainNode): Feed {
  const listeners = new Set<FeedListener>()
  const tell = (call: (listener: FeedListener) => void): void => {
    for (const listener of listeners) {
      try {
        call(listener)
      } catch (error) {
        listeners.delete(listener)
        node.logger.error('dropped a listener that failed', { error })
      }
    }
  }
  const stops = [
    node.chain.onHead((change) => tell((listener) => listener.onHead?.(change))),
    node.pool.onAdded((transaction) => tell((listener) => listener.onTransaction?.(transaction))),
  ]
  return {
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close() {
      for (const stop of stops) stop()
      listeners.clear()
    },
  }
}
