import { Command } from 'commander'
import { formatAmount } from '../../api/units/amount.ts'
import { formatSize, parseSizeBytes } from '../../api/units/size.ts'
import { formatTerm, parseTermSeconds } from '../../api/units/term.ts'
import { CLIError } from '../failure.ts'
import { formatTime } from '../formatTime.ts'
import { type AccountFlags, withAccountOptions } from '../options.ts'
import { formatFacts, printResult } from '../output.ts'

interface ExtendFlags extends AccountFlags {
  addSize: bigint
  addTerm: bigint
  quote?: boolean
}

/** `genaro bucket extend ID`: adds size or term to a bucket. */
export const bucketExtendCommand = (): Command =>
  withAccountOptions(new Command('extend'))
    .description('add size or term to a bucket')
    .argument('<id>', 'the id that `genaro bucket list` prints')
    .option('--add-size <size>', 'for example 1GB', parseSizeBytes, 0n)
    .option('--add-term <term>', 'for example 30d', parseTermSeconds, 0n)
    .option('--quote', 'say what it would cost and change nothing')
    .action(runExtend)

async function runExtend(id: string, flags: ExtendFlags): Promise<void> {
  const extension = { id, addBytes: flags.addSize, addSeconds: flags.addTerm }
  if (extension.addBytes === 0n && extension.addSeconds === 0n) throw nothingToAdd()
  if (flags.quote) return await printQuote(flags, extension)
  const { withSigner } = await import('../session.ts')
  const { extendBucket } = await import('../../api/actions/extendBucket.ts')
  const result = await withSigner(flags, (signer) => extendBucket(signer, extension))
  printResult(flags, result, () =>
    formatFacts([
      ['Bucket', result.id],
      ['Size', formatSize(result.sizeBytes)],
      ['Until', formatTime(result.endTime)],
      ['Paid', formatAmount(result.priceWei)],
      ['Transaction', result.transactionHash],
    ]),
  )
}

async function printQuote(
  flags: ExtendFlags,
  extension: { id: string; addBytes: bigint; addSeconds: bigint },
): Promise<void> {
  const { withProvider } = await import('../session.ts')
  const { quoteExtension } = await import('../../api/actions/quoteExtension.ts')
  const priceWei = await withProvider(flags, (provider) => quoteExtension(provider, extension))
  printResult(flags, { ...extension, priceWei }, () =>
    formatFacts([
      ['Bucket', extension.id],
      ['Size added', formatSize(extension.addBytes)],
      ['Term added', formatTerm(extension.addSeconds)],
      ['Price', formatAmount(priceWei)],
    ]),
  )
}

const nothingToAdd = (): CLIError =>
  new CLIError('BAD_FLAG', {
    message: 'Nothing to add to the bucket',
    hint: 'Pass --add-size, --add-term or both, for example --add-term 30d.',
  })
