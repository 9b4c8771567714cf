import { Command } from 'commander'
import { formatAmount } from '../../api/units/amount.ts'
import { type AccountFlags, withAccountOptions } from '../options.ts'
import { formatFacts, printResult } from '../output.ts'

/** `genaro withdraw`: pays out the stake whose unbonding is over. */
export const withdrawCommand = (): Command =>
  withAccountOptions(new Command('withdraw'))
    .description('pay out the stake whose unbonding is over')
    .action(runWithdraw)

async function runWithdraw(flags: AccountFlags): Promise<void> {
  const { withSigner } = await import('../session.ts')
  const { withdraw } = await import('../../api/actions/withdraw.ts')
  const result = await withSigner(flags, withdraw)
  printResult(flags, result, () =>
    formatFacts([
      ['Withdrawn', formatAmount(result.amountWei)],
      ['Account', result.account],
      ['Transaction', result.transactionHash],
    ]),
  )
}
