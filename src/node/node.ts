import type { Block } from '@ethereumjs/block'
import type { TypedTransaction } from '@ethereumjs/tx'
import type { Chain } from '../chain/chain.ts'
import type { Logger } from '../util/logger.ts'
import type { TransactionPool } from './pool/pool.ts'

/** A key the node signs with on request; only a devnet has any. */
export interface UnlockedAccount {
  address: string
  privateKey: string
}

/** What only a development network offers: time, mining and history under the developer's control. */
export interface DevnetControl {
  readonly accounts: readonly UnlockedAccount[]
  readonly automine: boolean
  setAutomine(on: boolean): void
  /** Seconds between blocks; 0 stops interval mining. */
  setIntervalSeconds(seconds: number): void
  /**
   * Seconds after which a block is sealed when none came by itself, from the first registered replica on and while
   * automine is on without an interval; 0, as at the start, for none.
   */
  readonly heartbeatSeconds: number
  /** Throws `DevnetError` BAD_OPTION for a time that no timer keeps. */
  setHeartbeatSeconds(seconds: number): void
  /**
   * Seals `blocks` blocks now, each with the waiting transactions that fit: the first at `timestamp`, the
   * others `intervalSeconds` apart, where these are given.
   */
  mine(options?: { blocks?: number; timestamp?: bigint; intervalSeconds?: bigint }): Promise<void>
  /** Moves the clock; returns the whole offset in seconds. */
  increaseTime(seconds: bigint): Promise<bigint>
  /** Throws `DevnetError` with code `TIME_NOT_LATER` unless it is after the head's time. */
  setNextBlockTimestamp(timestamp: bigint): Promise<void>
  snapshot(): Promise<string>
  /** Puts the chain, the pool and the clock back; false when the id is unknown or used. */
  revert(id: string): Promise<boolean>
}

/** A running chain node as the JSON-RPC server and the command line see it. */
export interface ChainNode {
  readonly chain: Chain
  readonly pool: TransactionPool
  readonly logger: Logger
  readonly clientVersion: string
  readonly devnet: DevnetControl | undefined
  /**
   * Takes a signed transaction into the pool and returns its hash. When the node seals at once, the
   * transaction is in a committed block (or waits on purpose: for a nonce gap, or because the next block is held back
   * for a farmer's answer) before this resolves.
   */
  submit(transaction: TypedTransaction): Promise<Uint8Array>
  /** The block that would be built now on the head without any transaction: header of `pending`. */
  pendingBlock(): Block
  /** Multiaddrs with peer ids of farmers this node knows; whoever starts the node tells it. */
  storagePeers(): readonly string[]
  close(): Promise<void>
}
