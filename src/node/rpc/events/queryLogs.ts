import type { Block } from '@ethereumjs/block'
import type { BlockReference } from '../../../api/rpc/blockReference.ts'
import { invalidParams, RPCError, serverError } from '../../../api/rpc/errors.ts'
import type { LogFilter } from '../../../api/rpc/logFilter.ts'
import type { RPCLog } from '../../../api/rpc/results.ts'
import { giveWay, isTurnOver } from '../../../util/giveWay.ts'
import type { ChainNode } from '../../node.ts'
import { toHex } from '../format/hex.ts'
import { createLogMatcher } from './logMatcher.ts'

/** Limits of one query: what other nodes and providers allow, so that clients page anyway. */
export const MAX_LOGS = 10_000
const MAX_BLOCKS = 100_000n
/** Hexadecimal digits of data in one answer: a block's gas buys some eight million. */
export const MAX_LOG_BYTES = 25_000_000

/** Every canonical log that a filter asks for, in chain order. Throws `RPCError` beyond the limits. */
export async function queryLogs(node: ChainNode, filter: LogFilter): Promise<RPCLog[]> {
  const match = createLogMatcher(node.chain, filter)
  if ('hash' in filter.blocks) return match(requireByHash(node, filter.blocks.hash))
  const { first, last } = rangeOf(node, filter.blocks)
  const found: RPCLog[] = []
  let bytes = 0
  for (let number = first; number <= last; number++) {
    const block = node.chain.blockByNumber(number)
    if (block === undefined) break
    for (const log of match(block)) {
      found.push(log)
      bytes += log.data.length
    }
    if (found.length > MAX_LOGS) throw tooMany(`more than ${MAX_LOGS} logs match`)
    if (bytes > MAX_LOG_BYTES)
      throw tooMany(`the logs that match hold more than ${MAX_LOG_BYTES} digits`)
    if (isTurnOver()) await giveWay()
  }
  return found
}

function requireByHash({ chain }: ChainNode, hash: Uint8Array): Block {
  const block = chain.blockByHash(hash)
  if (block === undefined) throw serverError(`unknown block ${toHex(hash)}`)
  return block
}

function rangeOf(node: ChainNode, { from, to }: { from: BlockReference; to: BlockReference }) {
  const first = blockNumberOf(node, from)
  const asked = blockNumberOf(node, to)
  if (first > asked) {
    throw invalidParams(
      `Invalid params: params[0] (filter): fromBlock ${first} comes after toBlock ${asked}`,
    )
  }
  const head = node.chain.head.header.number
  const isBeyond = asked > head
  const last = isBeyond ? head : asked
  if (last - first >= MAX_BLOCKS) throw tooMany(`the range is longer than ${MAX_BLOCKS} blocks`)
  return { first, last }
}

/** The number a reference stands for; `pending` counts as the head, since no log is in it yet. */
export function blockNumberOf(node: ChainNode, reference: BlockReference): bigint {
  const { chain } = node
  if ('number' in reference) return reference.number
  if ('hash' in reference) return requireByHash(node, reference.hash).header.number
  switch (reference.tag) {
    case 'earliest':
      return 0n
    case 'safe':
      return chain.safe.header.number
    case 'finalized':
      return chain.finalized.header.number
    default:
      return chain.head.header.number
  }
}

const tooMany = (message: string): RPCError =>
  new RPCError('LIMIT_EXCEEDED', { message, hint: 'Ask for a smaller range of blocks.' })
