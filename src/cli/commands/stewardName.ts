import { Command } from 'commander'
import { type AccountFlags, withAccountOptions } from '../options.ts'
import { formatFacts, printResult } from '../output.ts'

/** `genaro steward name BUCKET ACCOUNT`: names a bucket's steward on chain. */
export const stewardNameCommand = (): Command =>
  withAccountOptions(new Command('name'))
    .description("name the account that may repair a bucket's files, beside you")
    .argument('<bucket>', 'id of the bucket')
    .argument('[account]', 'its address; nobody when left out')
    .action(runName)

async function runName(
  bucketId: string,
  steward: string | undefined,
  flags: AccountFlags,
): Promise<void> {
  const [{ withSigner }, { nameSteward }] = await Promise.all([
    import('../session.ts'),
    import('../../api/actions/nameSteward.ts'),
  ])
  const result = await withSigner(flags, (signer) =>
    nameSteward(signer, { bucketId, ...(steward !== undefined && { steward }) }),
  )
  printResult(flags, result, () =>
    formatFacts([
      ['Bucket', result.bucketId],
      ['Steward', steward === undefined ? 'nobody' : result.steward],
    ]),
  )
}
