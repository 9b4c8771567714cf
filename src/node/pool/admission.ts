import type { PoolContents } from './contents.ts'
import type { PoolEntry } from './entry.ts'
import { PoolError } from './errors.ts'
import type { PoolLimits } from './limits.ts'
import type { SenderAccount } from './senderAccount.ts'
import { entryAtNonce, type WaitingAccount } from './waitingAccount.ts'

/** Where an entry would stand in the pool. */
export interface Admission {
  /** The entry with the same sender and nonce that would give way. */
  replaced: PoolEntry | undefined
  /** True when no nonce is missing before it. */
  isPending: boolean
}

/** Checks an entry against its sender's account and the sender's waiting ones; throws `PoolError`. */
export function admit(
  entry: PoolEntry,
  sender: SenderAccount,
  contents: PoolContents,
  limits: PoolLimits,
): Admission {
  const account = contents.accounts.get(entry.senderKey)
  const replaced = account === undefined ? undefined : entryAtNonce(account, entry.nonce)
  checkSender(entry, sender)
  checkNonce(entry, sender, limits)
  if (replaced === undefined) checkCount(sender, account, limits)
  else checkReplacement(entry, replaced, limits)
  checkFunds(entry, sender, (account?.costWei ?? 0n) - (replaced?.costWei ?? 0n))
  const firstFree = sender.nonce + BigInt(account?.pendingLength ?? 0)
  return { replaced, isPending: entry.nonce <= firstFree }
}

/** EIP-3607: an account with code of its own cannot send. */
function checkSender(entry: PoolEntry, { code }: SenderAccount): void {
  if (code !== 'contract') return
  throw new PoolError('SENDER_HAS_CODE', {
    message: `sender not an eoa: address ${entry.sender} is a contract`,
    hint: 'Send from an account without code.',
  })
}

function checkNonce(entry: PoolEntry, sender: SenderAccount, limits: PoolLimits): void {
  if (entry.nonce < sender.nonce) {
    throw new PoolError('NONCE_TOO_LOW', {
      message: `nonce too low: next nonce ${sender.nonce}, tx nonce ${entry.nonce}`,
      hint: `Use nonce ${sender.nonce}, or the one eth_getTransactionCount gives for "pending".`,
      facts: { next: sender.nonce, nonce: entry.nonce },
    })
  }
  const highest = sender.nonce + BigInt(limits.transactionsPerAccount) - 1n
  if (entry.nonce > highest) {
    throw new PoolError('NONCE_TOO_HIGH', {
      message: `nonce too high: next nonce ${sender.nonce}, tx nonce ${entry.nonce}, highest accepted ${highest}`,
      hint: 'Send the transactions before it first.',
      facts: { next: sender.nonce, nonce: entry.nonce, highest },
    })
  }
}

function checkCount(
  sender: SenderAccount,
  account: WaitingAccount | undefined,
  limits: PoolLimits,
): void {
  const waiting = account?.entries.length ?? 0
  if (sender.code === 'delegated' && waiting >= limits.transactionsPerDelegatedAccount) {
    throw new PoolError('DELEGATED_LIMIT', {
      message: `in-flight transaction limit reached for delegated accounts: ${waiting} waiting`,
      hint: 'Wait until one of them is in a block.',
      facts: { waiting, limit: limits.transactionsPerDelegatedAccount },
    })
  }
  if (waiting >= limits.transactionsPerAccount) {
    throw new PoolError('ACCOUNT_LIMIT', {
      message: `account limit exceeded: ${waiting} transactions are waiting`,
      hint: 'Wait until some of them are in a block.',
      facts: { waiting, limit: limits.transactionsPerAccount },
    })
  }
}

/** The least a replacement must offer in place of `fee`, in wei: more, and by the whole bump. */
const bumped = (fee: bigint, percent: bigint): bigint => {
  const asked = (fee * (100n + percent) + 99n) / 100n
  return asked > fee ? asked : fee + 1n
}

function checkReplacement(entry: PoolEntry, replaced: PoolEntry, limits: PoolLimits): void {
  const maxFeePerGas = bumped(replaced.maxFeePerGas, limits.replacementBumpPercent)
  const maxPriorityFeePerGas = bumped(replaced.maxPriorityFeePerGas, limits.replacementBumpPercent)
  if (entry.maxFeePerGas >= maxFeePerGas && entry.maxPriorityFeePerGas >= maxPriorityFeePerGas) {
    return
  }
  throw new PoolError('REPLACEMENT_UNDERPRICED', {
    message: `replacement transaction underpriced: nonce ${entry.nonce} is taken by a transaction that offers nearly as much`,
    hint: `Offer at least maxFeePerGas ${maxFeePerGas} and maxPriorityFeePerGas ${maxPriorityFeePerGas}, or use another nonce.`,
    facts: { nonce: entry.nonce, maxFeePerGas, maxPriorityFeePerGas },
  })
}

function checkFunds(entry: PoolEntry, sender: SenderAccount, waitingCostWei: bigint): void {
  const neededWei = waitingCostWei + entry.costWei
  if (sender.balanceWei >= neededWei) return
  throw new PoolError('INSUFFICIENT_FUNDS', {
    message: `insufficient funds for gas * price + value: balance ${sender.balanceWei}, tx cost ${entry.costWei}, overshot ${neededWei - sender.balanceWei}`,
    hint:
      waitingCostWei > 0n
        ? `The account's other waiting transactions can take ${waitingCostWei} wei: wait for them, or send less.`
        : 'Send less, lower the fee or the gas limit, or fund the account.',
    facts: { balanceWei: sender.balanceWei, costWei: entry.costWei, waitingCostWei },
  })
}
