import { Command } from 'commander'
import { formatAmount, parseAmountWei } from '../../api/units/amount.ts'
import { type AccountFlags, joinWords, withAccountOptions } from '../options.ts'
import { formatFacts, printResult } from '../output.ts'

/** `genaro stake AMOUNT`: turns balance into stake. */
export const stakeCommand = (): Command =>
  withAccountOptions(new Command('stake'))
    .description('turn balance into stake')
    .argument('<amount...>', 'GNX, for example 5000')
    .action(runStake)

async function runStake(words: string[], flags: AccountFlags): Promise<void> {
  const amountWei = parseAmountWei(joinWords(words))
  const { withSigner } = await import('../session.ts')
  const { stake } = await import('../../api/actions/stake.ts')
  const result = await withSigner(flags, (signer) => stake(signer, { amountWei }))
  printResult(flags, result, () =>
    formatFacts([
      ['Staked', formatAmount(result.amountWei)],
      ['Account', result.account],
      ['Stake now', formatAmount(result.stakeWei)],
      ['Transaction', result.transactionHash],
    ]),
  )
}
