import { Command } from 'commander'
import { formatAmount } from '../../api/units/amount.ts'
import { formatSize, parseSizeBytes } from '../../api/units/size.ts'
import { type AccountFlags, joinWords, withAccountOptions } from '../options.ts'
import { formatFacts, printResult } from '../output.ts'

interface TrafficFlags extends AccountFlags {
  quote?: boolean
}

/** `genaro traffic …`: credit for downloads. */
export const trafficCommand = (): Command =>
  new Command('traffic')
    .description('buy credit for downloads')
    .helpCommand(false)
    .addCommand(trafficBuyCommand())

const trafficBuyCommand = (): Command =>
  withAccountOptions(new Command('buy'))
    .description('buy traffic')
    .argument('<size...>', 'for example 10GB')
    .option('--quote', 'say what it would cost and buy nothing')
    .action(runBuy)

async function runBuy(words: string[], flags: TrafficFlags): Promise<void> {
  const trafficBytes = parseSizeBytes(joinWords(words))
  if (flags.quote) return await printQuote(flags, trafficBytes)
  const { withSigner } = await import('../session.ts')
  const { buyTraffic } = await import('../../api/actions/buyTraffic.ts')
  const result = await withSigner(flags, (signer) => buyTraffic(signer, { trafficBytes }))
  printResult(flags, result, () =>
    formatFacts([
      ['Bought', formatSize(result.trafficBytes)],
      ['Account', result.account],
      ['Traffic now', formatSize(result.creditBytes)],
      ['Paid', formatAmount(result.priceWei)],
      ['Transaction', result.transactionHash],
    ]),
  )
}

async function printQuote(flags: TrafficFlags, trafficBytes: bigint): Promise<void> {
  const { withProvider } = await import('../session.ts')
  const { quoteTraffic } = await import('../../api/actions/quoteTraffic.ts')
  const priceWei = await withProvider(flags, (provider) => quoteTraffic(provider, { trafficBytes }))
  printResult(flags, { trafficBytes, priceWei }, () =>
    formatFacts([
      ['Traffic', formatSize(trafficBytes)],
      ['Price', formatAmount(priceWei)],
    ]),
  )
}
