import { Command } from 'commander'
import { formatAmount } from '../../api/units/amount.ts'
import { formatSize, parseSizeBytes } from '../../api/units/size.ts'
import { formatTerm, parseTermSeconds } from '../../api/units/term.ts'
import { formatTime } from '../formatTime.ts'
import { type AccountFlags, parseNumber, withAccountOptions } from '../options.ts'
import { formatFacts, printResult } from '../output.ts'

interface BuyFlags extends AccountFlags {
  size: bigint
  term: bigint
  backups: number
  tag?: string
  cleanUp: number
  quote?: boolean
}

const MAX_BACKUPS = 100
const MAX_CLEAN_UP = 16

/** `genaro bucket buy`: buys space for a term. */
export const bucketBuyCommand = (): Command =>
  withAccountOptions(new Command('buy'))
    .description('buy space for a term')
    .requiredOption('--size <size>', 'for example 3GB or 512MiB', parseSizeBytes)
    .requiredOption('--term <term>', 'for example 90d or 3months', parseTermSeconds)
    .option(
      '--backups <number>',
      'copies kept of the data',
      parseNumber('--backups', { min: 1, max: MAX_BACKUPS }),
      1,
    )
    .option('--tag <tag>', 'name of at most 12 bytes, or 0x and 24 digits (default: random)')
    .option(
      '--clean-up <number>',
      "expired buckets of anybody's to remove on the way",
      parseNumber('--clean-up', { min: 0, max: MAX_CLEAN_UP }),
      0,
    )
    .option('--quote', 'say what it would cost and buy nothing')
    .action(runBuy)

async function runBuy(flags: BuyFlags): Promise<void> {
  const space = {
    sizeBytes: flags.size,
    termSeconds: flags.term,
    backups: flags.backups,
  }
  if (flags.quote) return await printQuote(flags, space)
  const { withSigner } = await import('../session.ts')
  const { buySpace } = await import('../../api/actions/buySpace.ts')
  const result = await withSigner(flags, (signer) =>
    buySpace(signer, { ...space, tag: flags.tag, cleanUp: flags.cleanUp }),
  )
  printResult(flags, result, () =>
    formatFacts([
      ['Bucket', result.id],
      ['Owner', result.owner],
      ['Size', formatSize(result.sizeBytes)],
      ['Term', `${formatTerm(result.termSeconds)}, until ${formatTime(result.endTime)}`],
      ['Backups', result.backups],
      ['Paid', formatAmount(result.priceWei)],
      ['Transaction', result.transactionHash],
    ]),
  )
}

async function printQuote(
  flags: BuyFlags,
  space: { sizeBytes: bigint; termSeconds: bigint; backups: number },
): Promise<void> {
  const { withProvider } = await import('../session.ts')
  const { quoteSpace } = await import('../../api/actions/quoteSpace.ts')
  const priceWei = await withProvider(flags, (provider) => quoteSpace(provider, space))
  printResult(flags, { ...space, priceWei }, () =>
    formatFacts([
      ['Size', formatSize(space.sizeBytes)],
      ['Term', formatTerm(space.termSeconds)],
      ['Backups', space.backups],
      ['Price', formatAmount(priceWei)],
    ]),
  )
}
