import { Command } from 'commander'
import { formatAmount } from '../../api/units/amount.ts'
import { formatSize } from '../../api/units/size.ts'
import { formatFacts, printResult } from '../output.ts'
import { type ClientFlags, withClient, withClientOptions } from '../storage/clientSession.ts'

interface RemoveFlags extends ClientFlags {
  bucket?: string
}

/** `genaro rm ID`: ends the contracts of a file. */
export const rmCommand = (): Command =>
  withClientOptions(new Command('rm'))
    .description('remove a file: end its contracts and free its space')
    .argument('<id>', 'what the upload printed')
    .option('--bucket <id>', "the file's bucket, for its steward")
    .action(runRemove)

async function runRemove(id: string, flags: RemoveFlags): Promise<void> {
  const result = await withClient(flags, (client, signal) =>
    client.remove(id, { bucketId: flags.bucket, signal }),
  )
  printResult(flags, result, () =>
    formatFacts([
      ['Removed', result.id],
      ['Replicas', `${result.replicaCount}, ${formatSize(result.replicaBytes)}`],
      ['Returned', formatAmount(result.returnedWei)],
      ['Earned by farmers', formatAmount(result.earnedWei)],
    ]),
  )
}
