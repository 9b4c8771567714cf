import type { Block } from '@ethereumjs/block'
import { equalsBytes } from '@ethereumjs/util'
import type { LogFilter } from '../../../api/rpc/logFilter.ts'
import type { RPCLog } from '../../../api/rpc/results.ts'
import type { Chain, Log } from '../../../chain/chain.ts'
import { bloomBits, hasBits } from '../../bloom.ts'
import { formatLog } from '../format/log.ts'

/** What of a log filter concerns the logs themselves, without the blocks they stand in. */
export type LogCriteria = Pick<LogFilter, 'addresses' | 'topics'>

/** Finds the logs of a block that meet the criteria; `removed` marks them as undone. */
export type LogMatcher<Shown = RPCLog> = (block: Block, removed?: boolean) => Shown[]

/** How a log that was found is told. */
export type ShowLog<Shown> = (...log: Parameters<typeof formatLog>) => Shown

/** Prepares a filter whose logs are told in JSON-RPC's form. */
export const createLogMatcher = (chain: Chain, criteria: LogCriteria): LogMatcher =>
  createMatcher(chain, criteria, formatLog)

/** Prepares a filter: the header's bloom is asked first, so that most blocks cost next to nothing. */
export function createMatcher<Shown>(
  chain: Chain,
  criteria: LogCriteria,
  show: ShowLog<Shown>,
): LogMatcher<Shown> {
  const mayContain = createBloomTest(criteria)
  return (block, removed = false) => {
    if (!mayContain(block.header.logsBloom)) return []
    const receipts = chain.receiptsOf(block.hash()) ?? []
    const found: Shown[] = []
    let logIndex = 0
    for (const [index, { logs }] of receipts.entries()) {
      for (const log of logs) {
        if (matches(log, criteria)) found.push(show(block, index, log, logIndex, removed))
        logIndex++
      }
    }
    return found
  }
}

function matches(log: Log, { addresses, topics }: LogCriteria): boolean {
  if (addresses && !addresses.some(({ bytes }) => equalsBytes(bytes, log.address))) return false
  if (topics.length > log.topics.length) return false
  return topics.every(
    (any, at) => any === undefined || any.some((topic) => equalsBytes(topic, log.topics[at]!)),
  )
}

type BloomTest = (bloom: Uint8Array) => boolean

/** For each thing asked for, one of the alternatives must be in the bloom. */
function createBloomTest({ addresses, topics }: LogCriteria): BloomTest {
  const asked = [addresses?.map(({ bytes }) => bytes), ...topics]
    .filter((alternatives) => alternatives !== undefined)
    .map((alternatives) => alternatives.map(bloomBits))
  return (bloom) => asked.every((alternatives) => alternatives.some((bits) => hasBits(bloom, bits)))
}
