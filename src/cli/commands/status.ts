import { Command } from 'commander'
import type { FarmerNode } from '../../api/actions/getNode.ts'
import type { Status } from '../../api/actions/getStatus.ts'
import { formatAmount } from '../../api/units/amount.ts'
import { formatSize } from '../../api/units/size.ts'
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
  const { listNodes } = await import('../../api/actions/listNodes.ts')
  const result = await withProvider(flags, async (provider) => {
    const [status, nodes] = await Promise.all([getStatus(provider), listNodes(provider)])
    return { rpc: flags.rpc, ...status, ...storageOf(nodes) }
  })
  printResult(flags, result, () =>
    formatFacts([['Node', result.rpc], ...statusFacts(result), ...storageFacts(result)]),
  )
}

/** What farmers hold and offer, by the chain. */
interface StorageStatus {
  farmerNodeCount: number
  storageCapacityBytes: bigint
  storageUsedBytes: bigint
  replicaCount: bigint
}

const storageOf = (nodes: readonly FarmerNode[]): StorageStatus => ({
  farmerNodeCount: nodes.length,
  storageCapacityBytes: nodes.reduce((sum, { capacityBytes }) => sum + capacityBytes, 0n),
  storageUsedBytes: nodes.reduce((sum, { usedBytes }) => sum + usedBytes, 0n),
  replicaCount: nodes.reduce((sum, each) => sum + each.replicaCount, 0n),
})

const storageFacts = (storage: StorageStatus): Fact[] => [
  ['Farmer nodes', storage.farmerNodeCount],
  [
    'Stored',
    `${formatSize(storage.storageUsedBytes)} of ${formatSize(storage.storageCapacityBytes)}, in ${storage.replicaCount} replicas`,
  ],
]

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
