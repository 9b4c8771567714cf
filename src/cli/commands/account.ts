import { Command } from 'commander'
import type { Account } from '../../api/actions/getAccount.ts'
import { formatAmount } from '../../api/units/amount.ts'
import { formatSize } from '../../api/units/size.ts'
import { type AccountFlags, withAccountOptions } from '../options.ts'
import { type Fact, formatFacts, printResult } from '../output.ts'

/** `genaro account [ADDRESS]`: all the chain knows of an account. */
export const accountCommand = (): Command =>
  withAccountOptions(new Command('account'))
    .description('show the balance, stake, heft, traffic and buckets of an account')
    .argument('[address]', 'default: the account of --account or GENARO_KEY')
    .action(runAccount)

async function runAccount(address: string | undefined, flags: AccountFlags): Promise<void> {
  const { withProvider, chosenAddress } = await import('../session.ts')
  const { getAccount } = await import('../../api/actions/getAccount.ts')
  const { parseAddress } = await import('../../api/address.ts')
  const result = await withProvider(flags, async (provider) =>
    getAccount(provider, {
      address: address ? parseAddress(address) : await chosenAddress(provider, flags),
    }),
  )
  printResult(flags, result, () => formatFacts(accountFacts(result)))
}

const accountFacts = (account: Account): Fact[] => [
  ['Account', account.address],
  ['Balance', formatAmount(account.balanceWei)],
  ['Transactions sent', account.nonce],
  ['Stake', `${formatAmount(account.stakeWei)}${account.isCandidate ? ' (candidate)' : ''}`],
  ...account.unbonding.map(
    ({ amountWei, releaseEpoch }): Fact => [
      'Unbonding',
      `${formatAmount(amountWei)}, free from epoch ${releaseEpoch}`,
    ],
  ),
  ['Heft', account.heft],
  ['Traffic', formatSize(account.trafficBytes)],
  ['Credit', account.creditWei > 0n ? formatAmount(account.creditWei) : undefined],
  ['Buckets', account.bucketCount],
  ['Farmer nodes', account.nodeCount],
]
