import { isCheaper, type PoolEntry } from './entry.ts'
import { createHeap, type Heap } from './heap.ts'
import type { PoolLimits } from './limits.ts'
import { createWaitingAccount, indexFromNonce, type WaitingAccount } from './waitingAccount.ts'

/** The waiting transactions by hash, by account and nonce, and by price; keeps all three in step. */
export interface PoolContents {
  readonly byHash: ReadonlyMap<string, PoolEntry>
  readonly accounts: ReadonlyMap<string, WaitingAccount>
  /** Accounts with at least one pending transaction. */
  readonly executable: ReadonlySet<WaitingAccount>
  /** Keys of accounts that delegated to code (EIP-7702), so that others can move nonce and balance. */
  readonly delegated: Set<string>
  readonly pendingCount: number
  readonly queuedCount: number
  /**
   * Puts an entry in, in place of one with the same sender and nonce. `accountNonce` is used when the
   * account has no other entry.
   */
  insert(entry: PoolEntry, accountNonce: bigint | undefined): void
  remove(entry: PoolEntry): void
  /** Takes over the account's nonce on the head; entries below it are gone. */
  setNonce(account: WaitingAccount, nonce: bigint): void
  /**
   * Makes room for an entry (in place of `replaced`) by evicting what matters least; false, with
   * nothing changed, when what waits matters more than the entry.
   */
  makeRoom(entry: PoolEntry, isPending: boolean, replaced: PoolEntry | undefined): boolean
  clear(): void
}

/** An empty store of waiting transactions that never holds more than `limits` allow. */
export function createPoolContents(limits: PoolLimits): PoolContents {
  const byHash = new Map<string, PoolEntry>()
  const accounts = new Map<string, WaitingAccount>()
  const executable = new Set<WaitingAccount>()
  const delegated = new Set<string>()
  const pending = createHeap(isCheaper)
  const queued = createHeap(isCheaper)
  let sizeBytes = 0

  const heapOf = (entry: PoolEntry): Heap<PoolEntry> => (entry.isPending ? pending : queued)

  const setPending = (entry: PoolEntry, isPending: boolean): void => {
    heapOf(entry).remove(entry)
    entry.isPending = isPending
    heapOf(entry).push(entry)
  }

  const setPendingLength = (account: WaitingAccount, length: number): void => {
    for (let i = account.pendingLength; i < length; i++) setPending(account.entries[i]!, true)
    for (let i = length; i < account.pendingLength; i++) setPending(account.entries[i]!, false)
    account.pendingLength = length
    if (length > 0) executable.add(account)
    else executable.delete(account)
  }

  const extendPending = (account: WaitingAccount): void => {
    if (account.nonce === undefined) return
    let length = account.pendingLength
    let nonce = account.nonce + BigInt(length)
    while (account.entries[length]?.nonce === nonce) {
      length++
      nonce++
    }
    setPendingLength(account, length)
  }

  const enter = (account: WaitingAccount, entry: PoolEntry): void => {
    byHash.set(entry.hashKey, entry)
    heapOf(entry).push(entry)
    account.costWei += entry.costWei
    sizeBytes += entry.sizeBytes
  }

  const leave = (account: WaitingAccount, entry: PoolEntry): void => {
    byHash.delete(entry.hashKey)
    heapOf(entry).remove(entry)
    account.costWei -= entry.costWei
    sizeBytes -= entry.sizeBytes
  }

  const forgetIfEmpty = (account: WaitingAccount): void => {
    if (account.entries.length > 0) return
    accounts.delete(account.key)
    executable.delete(account)
    delegated.delete(account.key)
  }

  const insert = (entry: PoolEntry, accountNonce: bigint | undefined): void => {
    const account = accounts.get(entry.senderKey) ?? createWaitingAccount(entry, accountNonce)
    accounts.set(account.key, account)
    const index = indexFromNonce(account, entry.nonce)
    const replaced = account.entries[index]
    if (replaced?.nonce === entry.nonce) {
      leave(account, replaced)
      account.entries[index] = entry
      entry.isPending = replaced.isPending
      enter(account, entry)
      return
    }
    account.entries.splice(index, 0, entry)
    entry.isPending = false
    enter(account, entry)
    extendPending(account)
  }

  const remove = (entry: PoolEntry): void => {
    const account = accounts.get(entry.senderKey)!
    const index = indexFromNonce(account, entry.nonce)
    if (index < account.pendingLength) setPendingLength(account, index)
    account.entries.splice(index, 1)
    leave(account, entry)
    forgetIfEmpty(account)
  }

  const setNonce = (account: WaitingAccount, nonce: bigint): void => {
    if (nonce === account.nonce) return
    if (account.nonce === undefined || nonce < account.nonce) setPendingLength(account, 0)
    const gone = account.entries.splice(0, indexFromNonce(account, nonce))
    for (const entry of gone) leave(account, entry)
    account.pendingLength = Math.max(0, account.pendingLength - gone.length)
    account.nonce = nonce
    extendPending(account)
    forgetIfEmpty(account)
  }

  const isOver = (entry: PoolEntry, replaced: PoolEntry | undefined): boolean =>
    byHash.size + (replaced === undefined ? 1 : 0) > limits.transactions ||
    sizeBytes + entry.sizeBytes - (replaced?.sizeBytes ?? 0) > limits.sizeBytes

  const findVictim = (entry: PoolEntry, isPending: boolean): PoolEntry | undefined => {
    const cheapest = queued.peek() ?? (isPending ? pending.peek() : undefined)
    if (cheapest === undefined) return undefined
    const mustBeCheaper = !isPending || cheapest.isPending
    if (mustBeCheaper && !isCheaper(cheapest, entry)) return undefined
    // The account's last one goes: without the cheapest, nothing after it could be mined anyway.
    const victim = accounts.get(cheapest.senderKey)!.entries.at(-1)!
    if (victim.senderKey !== entry.senderKey) return victim
    return isPending && !victim.isPending && victim.nonce > entry.nonce ? victim : undefined
  }

  return {
    byHash,
    accounts,
    executable,
    delegated,
    get pendingCount() {
      return pending.size
    },
    get queuedCount() {
      return queued.size
    },
    insert,
    remove,
    setNonce,
    makeRoom(entry, isPending, replaced) {
      const evicted: { entry: PoolEntry; accountNonce: bigint | undefined }[] = []
      while (isOver(entry, replaced)) {
        const victim = findVictim(entry, isPending)
        if (victim === undefined) {
          for (const back of evicted.reverse()) insert(back.entry, back.accountNonce)
          return false
        }
        evicted.push({ entry: victim, accountNonce: accounts.get(victim.senderKey)!.nonce })
        remove(victim)
      }
      return true
    },
    clear() {
      byHash.clear()
      accounts.clear()
      executable.clear()
      delegated.clear()
      pending.clear()
      queued.clear()
      sizeBytes = 0
    },
  }
}
