import type { Block } from '@ethereumjs/block'
import type { Feed } from './feed.ts'

/** A block that joined or left the canonical chain; where it stands rather than what is in it. */
export interface BlockEvent {
  hash: Uint8Array
  number: bigint
  removed: boolean
}

/** The last events of one kind. Readers keep a position, so that any number of them costs no more. */
export interface Journal<Event> {
  /** The position after the last event. */
  readonly end: number
  /** The position of the oldest event still kept. */
  readonly start: number
  /** The events from a position on. */
  since(position: number): readonly Event[]
}

/** The blocks and waiting transactions that a feed told of last, so many of each. */
export interface EventJournals {
  blocks: Journal<BlockEvent>
  transactions: Journal<Uint8Array>
  close(): void
}

export function createEventJournals(feed: Feed, maxEvents: number): EventJournals {
  const blocks = createJournal<BlockEvent>(maxEvents)
  const transactions = createJournal<Uint8Array>(maxEvents)
  const toEvent = (block: Block, removed: boolean): BlockEvent => ({
    hash: block.hash(),
    number: block.header.number,
    removed,
  })
  const close = feed.listen({
    onHead({ removed, added }) {
      for (const block of removed) blocks.append(toEvent(block, true))
      for (const block of added) blocks.append(toEvent(block, false))
    },
    onTransaction: (transaction) => transactions.append(transaction.hash()),
  })
  return { blocks, transactions, close }
}

function createJournal<Event>(maxEvents: number): Journal<Event> & { append(event: Event): void } {
  let events: Event[] = []
  let end = 0
  const kept = (): number => Math.min(events.length, maxEvents)
  return {
    get end() {
      return end
    },
    get start() {
      return end - kept()
    },
    since: (position) => events.slice(events.length - Math.min(kept(), end - position)),
    append(event) {
      events.push(event)
      end++
      // Taking one off the front each time would move all others.
      if (events.length >= 2 * maxEvents) events = events.slice(-maxEvents)
    },
  }
}
