import type { JsonRpcApiProvider, Log } from 'ethers'
import { read } from '../../../api/send.ts'

/** What is looked for; blocks are given apart. */
export interface LogQuery {
  address: string
  topics: (string | string[] | null)[]
}

/** Blocks of one question; nodes refuse longer ranges, and answers of too many logs. */
const PAGE_BLOCKS = 10_000

/** Logs of a range of blocks, however long it is, in chain order. Throws `ApiError`. */
export async function readLogs(
  provider: JsonRpcApiProvider,
  query: LogQuery,
  { from, to }: { from: number; to: number },
): Promise<Log[]> {
  const logs: Log[] = []
  let pageBlocks = PAGE_BLOCKS
  for (let start = from; start <= to; ) {
    const end = Math.min(to, start + pageBlocks - 1)
    try {
      const page = await read(() => provider.getLogs({ ...query, fromBlock: start, toBlock: end }))
      logs.push(...page)
      start = end + 1
    } catch (error) {
      // It may be too many logs for one answer.
      if (end === start || pageBlocks === 1) throw error
      pageBlocks = Math.ceil((end - start + 1) / 4)
    }
  }
  return logs
}
