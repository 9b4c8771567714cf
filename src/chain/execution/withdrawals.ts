import { Account, type Withdrawal } from '@ethereumjs/util'
import type { Machine } from '../machine.ts'

const GWEI = 10n ** 9n

/** Credits a block's withdrawals (EIP-4895). Genaro's own blocks carry the field, empty. */
export async function creditWithdrawals(
  machine: Machine,
  withdrawals: readonly Withdrawal[],
): Promise<void> {
  if (withdrawals.length === 0) return
  const { journal } = machine.evm
  for (const { address, amount } of withdrawals) {
    const account = (await machine.stateManager.getAccount(address)) ?? new Account()
    account.balance += amount * GWEI
    await journal.putAccount(address, account)
  }
  await journal.cleanup()
}
