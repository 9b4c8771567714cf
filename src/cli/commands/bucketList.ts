import { Command } from 'commander'
import type { Bucket } from '../../api/actions/getBucket.ts'
import { formatSize } from '../../api/units/size.ts'
import { formatTime } from '../formatTime.ts'
import { type AccountFlags, withAccountOptions } from '../options.ts'
import { formatTable, printResult } from '../output.ts'

/** `genaro bucket list [OWNER]`: the buckets of an account. */
export const bucketListCommand = (): Command =>
  withAccountOptions(new Command('list'))
    .description('list the buckets of an account')
    .argument('[owner]', 'address (default: the account of --account or GENARO_KEY)')
    .action(runList)

async function runList(owner: string | undefined, flags: AccountFlags): Promise<void> {
  const { withProvider, chosenAddress } = await import('../session.ts')
  const { listBuckets } = await import('../../api/actions/listBuckets.ts')
  const { parseAddress } = await import('../../api/address.ts')
  const result = await withProvider(flags, async (provider) => {
    const account = owner ? parseAddress(owner) : await chosenAddress(provider, flags)
    return { owner: account, buckets: await listBuckets(provider, { owner: account }) }
  })
  printResult(flags, result, () =>
    result.buckets.length === 0
      ? `${result.owner} has no buckets; buy one with \`genaro bucket buy\``
      : formatTable(['ID', 'SIZE', 'USED', 'BACKUPS', 'UNTIL'], result.buckets.map(bucketRow)),
  )
}

const bucketRow = ({ id, sizeBytes, usedBytes, backups, endTime, live }: Bucket): string[] => [
  id,
  formatSize(sizeBytes),
  formatSize(usedBytes),
  String(backups),
  `${formatTime(endTime)}${live ? '' : ' (ended)'}`,
]
