import type { Chain } from '../../chain/chain.ts'
import type { PoolContents } from './contents.ts'
import { readSenderAccount, type SenderAccount } from './senderAccount.ts'

/** Reads accounts of the pool again from the head. */
export interface Refresher {
  /** Asks for accounts to be read again. */
  mark(keys: Iterable<string>): void
  /** Resolves once every account asked for was read on the present head. */
  settled(): Promise<void>
  /** Takes over what was just read of an account, if it has waiting transactions. */
  apply(key: string, sender: SenderAccount): void
}

export function createRefresher(chain: Chain, contents: PoolContents): Refresher {
  const stale = new Set<string>()
  let running: Promise<void> | undefined

  const apply = (key: string, sender: SenderAccount): void => {
    const account = contents.accounts.get(key)
    if (account === undefined) return
    contents.setNonce(account, sender.nonce)
    // The last ones go first: they are the ones that could be mined last.
    while (account.costWei > sender.balanceWei) contents.remove(account.entries.at(-1)!)
    if (sender.code === 'delegated' && account.entries.length > 0) contents.delegated.add(key)
    else contents.delegated.delete(key)
  }

  const readAll = async (): Promise<void> => {
    while (stale.size > 0) {
      const { head } = chain
      const state = chain.stateOf(head)
      for (const key of stale) {
        const account = contents.accounts.get(key)
        if (account === undefined) {
          stale.delete(key)
          continue
        }
        const sender = await readSenderAccount(state, account.address)
        if (chain.head !== head) break
        stale.delete(key)
        apply(key, sender)
      }
    }
  }

  const settled = async (): Promise<void> => {
    if (stale.size === 0) return
    running ??= readAll().finally(() => {
      running = undefined
    })
    await running
  }

  return {
    mark(keys) {
      for (const key of keys) stale.add(key)
    },
    settled,
    apply,
  }
}
