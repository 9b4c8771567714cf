import { Command } from 'commander'
import { formatSize } from '../../api/units/size.ts'
import type { ListedFile } from '../../client/list.ts'
import { errorMessage } from '../../util/errors.ts'
import { formatTime } from '../formatTime.ts'
import { formatTable, printResult } from '../output.ts'
import { type ClientFlags, withClient, withClientOptions } from '../storage/clientSession.ts'
import { shownName } from '../storage/progressBar.ts'

interface ListFlags extends ClientFlags {
  bucket?: string
}

/** `genaro ls`: the files of an account. */
export const lsCommand = (): Command =>
  withClientOptions(new Command('ls'))
    .description('list your files')
    .option('--bucket <id>', 'only those of one bucket')
    .action(runList)

async function runList(flags: ListFlags): Promise<void> {
  const files = await withClient(flags, (client, signal) =>
    client.list({ bucketId: flags.bucket, signal }),
  )
  const listed = files.map(({ problem, ...file }) => ({
    ...file,
    ...(problem === undefined ? {} : { problem: errorMessage(problem) }),
  }))
  printResult(flags, { files: listed }, () =>
    files.length === 0
      ? 'No files; store some with `genaro upload`'
      : formatTable(['ID', 'SIZE', 'REPLICAS', 'UNTIL', 'NAME'], files.map(fileRow)),
  )
}

const fileRow = ({ id, sizeBytes, replicaCount, endTime, name, isFolder, problem }: ListedFile) => [
  id,
  sizeBytes === undefined ? '?' : formatSize(BigInt(sizeBytes)),
  String(replicaCount),
  formatTime(endTime),
  name === undefined ? `? (${errorMessage(problem)})` : `${shownName(name)}${isFolder ? '/' : ''}`,
]
