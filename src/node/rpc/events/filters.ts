import { RPCError, serverError } from '../../../api/rpc/errors.ts'
import type { LogFilter } from '../../../api/rpc/logFilter.ts'
import type { RPCLog } from '../../../api/rpc/results.ts'
import type { Hex } from '../../../api/rpc/values.ts'
import type { ChainNode } from '../../node.ts'
import { toHex } from '../format/hex.ts'
import { createBudget, weighCriteria } from './budget.ts'
import type { Feed } from './feed.ts'
import { randomId } from './identifier.ts'
import { createEventJournals, type Journal } from './journal.ts'
import { createLogMatcher } from './logMatcher.ts'
import { blockNumberOf, MAX_LOG_BYTES, MAX_LOGS, queryLogs } from './queryLogs.ts'

/** Filters that clients poll (`eth_newFilter` and its kin). They expire when nobody asks. */
export interface Filters {
  addLogs(filter: LogFilter): Hex
  addBlocks(): Hex
  addTransactions(): Hex
  /**
   * What came since the last call; whatever is too much for one answer comes with the next. Throws `RPCError`
   * for an id that does not exist any more.
   */
  changes(id: string): Hex[] | RPCLog[]
  /** All logs a log filter stands for, also those delivered before. */
  logs(id: string): Promise<RPCLog[]>
  remove(id: string): boolean
  close(): void
}

/** A place in a journal, and how what comes after it is told. */
interface Filter {
  journal: Journal<unknown>
  position: number
  /** Tells the events from the position on, and moves it past those it told. */
  read(filter: Filter): Hex[] | RPCLog[]
  logFilter: LogFilter | undefined
  expiry: NodeJS.Timeout
  giveBack(): void
}

export interface FiltersOptions {
  node: ChainNode
  feed: Feed
  idleMilliseconds?: number
  maxFilters?: number
  /** How many blocks, or transactions, may come before a filter is asked again. */
  maxWaiting?: number
  /** Addresses and topics of all filters together. */
  maxCriteria?: number
}

const FIVE_MINUTES = 300_000

/**
 * Keeps filters, bounded in number, in criteria and in time. What waits for them is kept once for all: where
 * it stands, not what it says, which is read from the chain when somebody asks.
 */
export function createFilters(options: FiltersOptions): Filters {
  const { node, feed, maxFilters = 1_000, maxWaiting = 10_000, maxCriteria = 100_000 } = options
  const { idleMilliseconds = FIVE_MINUTES } = options
  const filters = new Map<string, Filter>()
  const journals = createEventJournals(feed, maxWaiting)
  const criteria = createBudget(maxCriteria, 'addresses and topics in all filters')

  const remove = (id: string): boolean => {
    const filter = filters.get(id)
    clearTimeout(filter?.expiry)
    filter?.giveBack()
    return filters.delete(id)
  }

  const add = (journal: Journal<unknown>, read: Filter['read'], logFilter?: LogFilter): Hex => {
    if (filters.size >= maxFilters) {
      throw new RPCError('LIMIT_EXCEEDED', {
        message: `the node keeps at most ${maxFilters} filters`,
        hint: 'Uninstall filters that are no longer needed, or subscribe over WebSocket.',
      })
    }
    const giveBack = criteria.take(logFilter === undefined ? 0 : weighCriteria(logFilter))
    const id = randomId()
    const expiry = setTimeout(() => remove(id), idleMilliseconds).unref()
    filters.set(id, { journal, position: journal.end, read, logFilter, expiry, giveBack })
    return id
  }

  const require = (id: string): Filter => {
    const filter = filters.get(id)
    if (filter === undefined) {
      throw serverError('filter not found', 'It expired or never was; create it again.')
    }
    filter.expiry.refresh()
    return filter
  }

  const readBlocks = (filter: Filter): Hex[] => {
    const events = journals.blocks.since(filter.position)
    filter.position = journals.blocks.end
    return events.filter(({ removed }) => !removed).map(({ hash }) => toHex(hash))
  }

  const readTransactions = (filter: Filter): Hex[] => {
    const hashes = journals.transactions.since(filter.position)
    filter.position = journals.transactions.end
    return hashes.map(toHex)
  }

  /** Logs of new blocks, and those of undone blocks again as removed. */
  const createLogReader = (logFilter: LogFilter) => {
    const match = createLogMatcher(node.chain, logFilter)
    const isInRange = createRangeTest(node, logFilter)
    return (filter: Filter): RPCLog[] => {
      const found: RPCLog[] = []
      let bytes = 0
      for (const { hash, number, removed } of journals.blocks.since(filter.position)) {
        if (found.length >= MAX_LOGS || bytes >= MAX_LOG_BYTES) break
        filter.position++
        const block = isInRange(number) ? node.chain.blockByHash(hash) : undefined
        if (block === undefined) continue
        for (const log of match(block, removed)) {
          found.push(log)
          bytes += log.data.length
        }
      }
      return found
    }
  }

  return {
    addLogs: (logFilter) => add(journals.blocks, createLogReader(logFilter), logFilter),
    addBlocks: () => add(journals.blocks, readBlocks),
    addTransactions: () => add(journals.transactions, readTransactions),
    changes(id) {
      const filter = require(id)
      if (filter.position < filter.journal.start) {
        remove(id)
        throw new RPCError('LIMIT_EXCEEDED', {
          message: `the filter fell behind: more than ${maxWaiting} changes waited`,
          hint: 'Create it again and ask more often.',
        })
      }
      return filter.read(filter)
    },
    async logs(id) {
      const { logFilter } = require(id)
      if (logFilter === undefined) throw serverError('the filter is not a log filter')
      return queryLogs(node, logFilter)
    },
    remove,
    close() {
      journals.close()
      for (const id of [...filters.keys()]) remove(id)
    },
  }
}

/** Numbers bound a filter for good; tags mean "as the chain grows". */
function createRangeTest(node: ChainNode, { blocks }: LogFilter): (number: bigint) => boolean {
  if ('hash' in blocks) {
    const { hash } = blocks
    return (number) => node.chain.blockByHash(hash)?.header.number === number
  }
  const from = 'number' in blocks.from ? blockNumberOf(node, blocks.from) : undefined
  const to = 'number' in blocks.to ? blockNumberOf(node, blocks.to) : undefined
  return (number) => (from === undefined || number >= from) && (to === undefined || number <= to)
}
