import { writeFile } from 'node:fs/promises'
import { Command } from 'commander'
import { formatFacts, printResult } from '../output.ts'
import { type ClientFlags, withClient, withClientOptions } from '../storage/clientSession.ts'

interface GrantFlags extends ClientFlags {
  bucket?: string
}

/** `genaro steward grant ID KEY FILE`: hands a file over to the care of its bucket's steward. */
export const stewardGrantCommand = (): Command =>
  withClientOptions(new Command('grant'))
    .description(
      "write what a steward needs to repair a file, sealed for it; the file's content stays secret",
    )
    .argument('<id>', 'what the upload printed')
    .argument('<key>', "what `genaro steward key` printed for the bucket's steward")
    .argument('<file>', 'where to write the grant; send it to the steward')
    .option('--bucket <id>', "the file's bucket (default: yours are searched)")
    .action(runGrant)

async function runGrant(id: string, key: string, file: string, flags: GrantFlags): Promise<void> {
  const grant = await withClient(flags, (client, signal) =>
    client.grantSteward(id, key, { bucketId: flags.bucket, signal }),
  )
  await writeFile(file, `${JSON.stringify(grant)}\n`, { mode: 0o600, flag: 'wx' })
  const { bucketId, steward } = grant
  printResult(flags, { id, bucketId, steward, file }, () =>
    formatFacts([
      ['File', id],
      ['Steward', steward],
      ['Grant', file],
    ]),
  )
}
