import { Command } from 'commander'
import { formatAmount } from '../../api/units/amount.ts'
import { formatSize } from '../../api/units/size.ts'
import type { UploadedSource } from '../../client/createClient.ts'
import type { UploadProgress } from '../../client/progress.ts'
import { formatFacts, printResult } from '../output.ts'
import { type ClientFlags, withClient, withClientOptions } from '../storage/clientSession.ts'
import { createProgressBar, type ProgressBar, shownName } from '../storage/progressBar.ts'

interface UploadFlags extends ClientFlags {
  bucket?: string
}

/** `genaro upload PATH…`: stores files and folders. */
export const uploadCommand = (): Command =>
  withClientOptions(new Command('upload'))
    .description('store files or folders, encrypted, on farmers')
    .argument('<path...>', 'files and folders; each gets an id of its own')
    .option('--bucket <id>', 'bucket to store them in (default: yours with most room)')
    .action(runUpload)

async function runUpload(paths: string[], flags: UploadFlags): Promise<void> {
  const results = await withClient(flags, async (client, signal) => {
    const uploads: (UploadedSource & { path: string })[] = []
    for (const path of paths) {
      const bar = createProgressBar(shownName(path))
      const result = await client
        .upload(path, {
          bucketId: flags.bucket,
          signal,
          onProgress: (progress) => showProgress(bar, progress),
        })
        .finally(bar.clear)
      for (const skipped of result.skipped) {
        process.stderr.write(`left out, neither file nor folder: ${shownName(skipped)}\n`)
      }
      uploads.push({ path, ...result })
    }
    return uploads
  })
  // One path gives one object; several give a list under `files`.
  const [first] = results
  const json = results.length === 1 ? first! : { files: results }
  printResult(flags, json, () => results.map(uploadText).join('\n\n'))
}

function showProgress(bar: ProgressBar, progress: UploadProgress): void {
  const { replicaBytes, encryptedBytes, sentBytes, acknowledgedBytes, registeredBytes } = progress
  const total = progress.sizeBytes + 3 * replicaBytes
  const done = encryptedBytes + sentBytes + acknowledgedBytes + registeredBytes
  const stage =
    registeredBytes > 0
      ? `registered ${formatSize(BigInt(registeredBytes))}`
      : acknowledgedBytes > 0
        ? `acknowledged ${formatSize(BigInt(acknowledgedBytes))}`
        : sentBytes > 0
          ? `sent ${formatSize(BigInt(sentBytes))}`
          : `encrypted ${formatSize(BigInt(encryptedBytes))}`
  bar.show(done, total, stage)
}

const uploadText = (upload: UploadedSource & { path: string }): string =>
  formatFacts([
    ['Stored', `${shownName(upload.path)}, ${formatSize(BigInt(upload.sizeBytes))}`],
    ['Id', upload.id],
    ['Bucket', upload.bucketId],
    ['Replicas', `${upload.replicaCount}, ${formatSize(BigInt(upload.replicaBytes))} in all`],
    ['Price', `${formatAmount(upload.paidWei)} out of the bucket's escrow`],
    ['Get it', `genaro download ${upload.id} PATH`],
  ])
