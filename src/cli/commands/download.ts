import { Command } from 'commander'
import { formatSize } from '../../api/units/size.ts'
import { formatFacts, printResult } from '../output.ts'
import { type ClientFlags, withClient, withClientOptions } from '../storage/clientSession.ts'
import { createProgressBar, shownName } from '../storage/progressBar.ts'

interface DownloadFlags extends ClientFlags {
  bucket?: string
  force?: boolean
}

/** `genaro download ID PATH`: gets a file or folder back. */
export const downloadCommand = (): Command =>
  withClientOptions(new Command('download'))
    .description('get a file or folder back')
    .argument('<id>', 'what the upload printed')
    .argument('<path>', 'where to put it')
    .option('--bucket <id>', "the file's bucket, when it is another account's")
    .option('--force', 'replace a file that is there')
    .action(runDownload)

async function runDownload(id: string, path: string, flags: DownloadFlags): Promise<void> {
  const bar = createProgressBar(shownName(path))
  const result = await withClient(flags, (client, signal) =>
    client
      .download(id, path, {
        bucketId: flags.bucket,
        overwrite: flags.force,
        signal,
        onProgress: ({ writtenBytes, sizeBytes }) =>
          bar.show(writtenBytes, sizeBytes, formatSize(BigInt(writtenBytes))),
      })
      .finally(bar.clear),
  )
  printResult(flags, result, () =>
    formatFacts([
      ['Got', `${shownName(result.name)}${result.isFolder ? ', a folder' : ''}`],
      ['Size', formatSize(BigInt(result.sizeBytes))],
      ['At', result.path],
    ]),
  )
}
