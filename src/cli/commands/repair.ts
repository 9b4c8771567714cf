import { Command } from 'commander'
import { formatAmount } from '../../api/units/amount.ts'
import { formatSize } from '../../api/units/size.ts'
import type { RepairProgress } from '../../client/repair/repair.ts'
import type { RepairResult } from '../../client/repair.ts'
import { formatFacts, printResult } from '../output.ts'
import { type ClientFlags, withClient, withClientOptions } from '../storage/clientSession.ts'
import { createProgressBar, type ProgressBar, shownName } from '../storage/progressBar.ts'

interface RepairFlags extends ClientFlags {
  bucket?: string
}

/** `genaro repair ID`: makes what farmers lost of a file anew. */
export const repairCommand = (): Command =>
  withClientOptions(new Command('repair'))
    .description('check a file and make what farmers lost of it anew')
    .argument('<id>', 'what the upload printed')
    .option('--bucket <id>', "the file's bucket (default: yours are searched)")
    .action(runRepair)

async function runRepair(id: string, flags: RepairFlags): Promise<void> {
  const bar = createProgressBar(shownName(id.slice(0, 10)))
  const result = await withClient(flags, (client, signal) =>
    client
      .repair(id, {
        bucketId: flags.bucket,
        signal,
        onProgress: (progress) => showRepair(bar, progress),
      })
      .finally(bar.clear),
  )
  printRepair(flags, result)
}

/** Checking counts first; from there on it is bytes that tell how far it is. */
export function showRepair(bar: ProgressBar, progress: RepairProgress): void {
  const { replicaCount, checkedCount, missingCount, receivedBytes, sentBytes } = progress
  const words =
    checkedCount < replicaCount
      ? `checked ${checkedCount} of ${replicaCount}, ${missingCount} missing`
      : `read ${formatSize(BigInt(receivedBytes))}, sent ${formatSize(BigInt(sentBytes))}`
  bar.show(checkedCount + progress.rebuiltCount, replicaCount + missingCount, words)
}

/** A file that is not whole again ends the program with 1, so that scripts see it. */
export function printRepair(flags: { json?: boolean }, result: RepairResult): void {
  if (!result.isWhole) process.exitCode = 1
  printResult(flags, result, () => repairText(result))
}

const repairText = (result: RepairResult): string =>
  [
    formatFacts([
      ['File', result.id],
      ['Checked', `${result.checkedCount} replicas, ${result.missing.length} missing`],
      ['Rebuilt', `${result.rebuiltCount}`],
      ['Price', `${formatAmount(result.paidWei)} out of the bucket's escrow`],
      ['Whole', result.isWhole ? 'yes' : 'no'],
    ]),
    ...result.lostSegments.map(
      ({ segment, found, needed, lost }) =>
        `Segment ${segment}: ${found} shards are left and ${needed} are needed; missing: ${lost.join(', ')}`,
    ),
    ...(result.unplacedCount > 0
      ? [
          `${result.unplacedCount} shards found no farmer. Run it again when more farmers are reachable.`,
        ]
      : []),
  ].join('\n')
