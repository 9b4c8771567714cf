import { Command } from 'commander'
import { formatAmount, parseAmountWei } from '../../api/units/amount.ts'
import { type AccountFlags, joinWords, withAccountOptions } from '../options.ts'
import { formatFacts, printResult } from '../output.ts'

/** `genaro unstake AMOUNT`: begins to take stake back. */
export const unstakeCommand = (): Command =>
  withAccountOptions(new Command('unstake'))
    .description('begin to take stake back; `genaro withdraw` pays it out when it is free')
    .argument('<amount...>', 'GNX, for example 100')
    .action(runUnstake)

async function runUnstake(words: string[], flags: AccountFlags): Promise<void> {
  const amountWei = parseAmountWei(joinWords(words))
  const { withSigner } = await import('../session.ts')
  const { unstake } = await import('../../api/actions/unstake.ts')
  const result = await withSigner(flags, (signer) => unstake(signer, { amountWei }))
  printResult(flags, result, () =>
    formatFacts([
      ['Unbonding', formatAmount(result.amountWei)],
      ['Account', result.account],
      ['Stake now', formatAmount(result.stakeWei)],
      ['Free from', `epoch ${result.unbonding.at(-1)?.releaseEpoch}`],
      ['Transaction', result.transactionHash],
    ]),
  )
}
