import { Command } from 'commander'
import type { Status } from '../../api/actions/getStatus.ts'
import { formatAmount } from '../../api/units/amount.ts'
import { formatTime } from '../formatTime.ts'
import { type NodeFlags, withNodeOptions } from '../options.ts'
import { type Fact, formatFacts, printResult } from '../output.ts'

/** `genaro status`: what a node says about itself and its chain. */
export const statusCommand = (): Command =>
  withNodeOptions(new Command('status'))
    .description('show what a node says about its chain')
    .action(runStatus)

async function runStatus(flags: NodeFlags): Promise<void> {
  const { withProvider } = await import('../session.ts')
  const { getStatus } = await import('../../api/actions/getStatus.ts')
  const result = { rpc: flags.rpc, ...(await withProvider(flags, getStatus)) }
  printResult(flags, result, () => formatFacts([['Node', result.rpc], ...statusFacts(result)]))
}

const statusFacts = (status: Status): Fact[] => [
  ['Client', status.clientVersion],
  ['Network', `${status.network ?? 'unknown'} (chain id ${status.chainId})`],
  ['Block', `${status.blockNumber}, ${formatTime(status.blockTime)}`],
  ['Slot', `${status.slot}, epoch ${status.epoch}`],
  ['Gas price', `${Number(status.gasPriceWei) / 1e9} gwei`],
  ['Space', `${formatAmount(status.spacePriceWei)} per GB, day and backup`],
  ['Traffic', `${formatAmount(status.trafficPriceWei)} per GB`],
  ['Candidates', `${status.candidateCount}, from ${formatAmount(status.minimumStakeWei)} of stake`],
  ['Total stake', formatAmount(status.totalStakeWei)],
  ['Total heft', status.totalHeft],
]
