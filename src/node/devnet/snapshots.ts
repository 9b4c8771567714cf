import type { Block } from '@ethereumjs/block'
import type { TypedTransaction } from '@ethereumjs/tx'
import type { Chain } from '../../chain/chain.ts'
import type { TransactionPool } from '../pool/pool.ts'
import type { ClockState, DevnetClock } from './devnetClock.ts'

/** Points to come back to: the head, the pool and the clock. */
export interface Snapshots {
  take(): string
  /** Goes back to a snapshot and forgets it and all later ones; false when it is not known. */
  revert(id: string): Promise<boolean>
}

interface Snapshot {
  head: Block
  transactions: readonly TypedTransaction[]
  clock: ClockState
}

/** Test suites take one before each test and never give it back, so old ones are forgotten. */
const MAX_SNAPSHOTS = 10_000

export function createSnapshots(
  chain: Chain,
  pool: TransactionPool,
  clock: DevnetClock,
): Snapshots {
  const snapshots = new Map<string, Snapshot>()
  let taken = 0

  const forget = (isForgotten: (number: number) => boolean): void => {
    for (const id of snapshots.keys()) if (isForgotten(Number(id))) snapshots.delete(id)
  }

  return {
    take() {
      taken += 1
      const id = `0x${taken.toString(16)}`
      snapshots.set(id, { head: chain.head, transactions: pool.snapshot(), clock: clock.state() })
      if (snapshots.size > MAX_SNAPSHOTS) forget((number) => number <= taken - MAX_SNAPSHOTS)
      return id
    },
    async revert(id) {
      const snapshot = snapshots.get(id)
      if (snapshot === undefined) return false
      forget((number) => number >= Number(id))
      await chain.rewind(snapshot.head)
      await pool.restore(snapshot.transactions)
      await clock.restore(snapshot.clock)
      return true
    },
  }
}
