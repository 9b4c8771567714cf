import { RPCError, serverError } from '../../../api/rpc/errors.ts'
import type { LogFilter } from '../../../api/rpc/logFilter.ts'
import type { RPCLog } from '../../../api/rpc/results.ts'
import type { Hex } from '../../../api/rpc/values.ts'
import type { HeadChange } from '../../../chain/chain.ts'
import type { ChainNode } from '../../node.ts'
import { toHex } from '../format/hex.ts'
import type { Feed, FeedListener } from './feed.ts'
import { randomId } from './identifier.ts'
import { createLogMatcher } from './logMatcher.ts'
import { blockNumberOf, queryLogs } from './queryLogs.ts'

/** Filters that clients poll (`eth_newFilter` and its kin). They expire when nobody asks. */
export interface Filters {
  addLogs(filter: LogFilter): Hex
  addBlocks(): Hex
  addTransactions(): Hex
  /** What came since the last call. Throws `RPCError` for an id that does not exist any more. */
  changes(id: string): Hex[] | RPCLog[]
  /** All logs a log filter stands for, also those delivered before. */
  logs(id: string): Promise<RPCLog[]>
  remove(id: string): boolean
  close(): void
}

interface Filter {
  waiting: (Hex | RPCLog)[]
  overflowed: boolean
  logFilter: LogFilter | undefined
  stop(): void
  expiry: NodeJS.Timeout
}

export interface FiltersOptions {
  node: ChainNode
  feed: Feed
  idleMilliseconds?: number
  maxFilters?: number
  /** How many changes wait for one filter before it is given up. */
  maxWaiting?: number
}

const FIVE_MINUTES = 300_000

/** Keeps filters: bounded in number, in what waits for each, and in time. */
export function createFilters(options: FiltersOptions): Filters {
  const { node, feed, maxFilters = 1_000, maxWaiting = 10_000 } = options
  const { idleMilliseconds = FIVE_MINUTES } = options
  const filters = new Map<string, Filter>()

  const remove = (id: string): boolean => {
    const filter = filters.get(id)
    filter?.stop()
    clearTimeout(filter?.expiry)
    return filters.delete(id)
  }

  type Collect = (add: (items: (Hex | RPCLog)[]) => void) => FeedListener

  const add = (collect: Collect, logFilter?: LogFilter): Hex => {
    if (filters.size >= maxFilters) {
      throw new RPCError('LIMIT_EXCEEDED', {
        message: `the node keeps at most ${maxFilters} filters`,
        hint: 'Uninstall filters that are no longer needed, or subscribe over WebSocket.',
      })
    }
    const id = randomId()
    const expiry = setTimeout(() => remove(id), idleMilliseconds).unref()
    const filter: Filter = { waiting: [], overflowed: false, logFilter, stop() {}, expiry }
    filter.stop = feed.listen(
      collect((items) => {
        if (filter.waiting.length + items.length > maxWaiting) {
          filter.overflowed = true
          filter.waiting = []
        }
        if (!filter.overflowed) filter.waiting.push(...items)
      }),
    )
    filters.set(id, filter)
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

  return {
    addLogs: (logFilter) => add((push) => collectLogs(node, logFilter, push), logFilter),
    addBlocks: () =>
      add((push) => ({ onHead: ({ added }) => push(added.map((block) => toHex(block.hash()))) })),
    addTransactions: () =>
      add((push) => ({ onTransaction: (transaction) => push([toHex(transaction.hash())]) })),
    changes(id) {
      const filter = require(id)
      if (filter.overflowed) {
        remove(id)
        throw new RPCError('LIMIT_EXCEEDED', {
          message: `the filter fell behind: more than ${maxWaiting} changes waited`,
          hint: 'Create it again and ask more often.',
        })
      }
      const changes = filter.waiting
      filter.waiting = []
      return changes as Hex[] | RPCLog[]
    },
    async logs(id) {
      const { logFilter } = require(id)
      if (logFilter === undefined) throw serverError('the filter is not a log filter')
      return queryLogs(node, logFilter)
    },
    remove,
    close() {
      for (const id of [...filters.keys()]) remove(id)
    },
  }
}

/** Logs of new blocks, and those of undone blocks again as removed, highest first. */
function collectLogs(
  node: ChainNode,
  filter: LogFilter,
  push: (items: RPCLog[]) => void,
): FeedListener {
  const match = createLogMatcher(node.chain, filter)
  const isInRange = createRangeTest(node, filter)
  return {
    onHead({ removed, added }: HeadChange) {
      const undone = removed.filter((block) => isInRange(block.header.number))
      const joined = added.filter((block) => isInRange(block.header.number))
      const logs = [
        ...undone.flatMap((block) => match(block, true)),
        ...joined.flatMap((block) => match(block)),
      ]
      if (logs.length > 0) push(logs)
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
