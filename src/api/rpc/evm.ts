import { z } from 'zod'
import { method } from './method.ts'
import { boolean, looseUint64, type Quantity } from './values.ts'

export interface MineOptions {
  blocks: bigint
  timestamp?: bigint | undefined
}

/** When and how many blocks to mine: a timestamp alone, or both by name. */
const mineOptions = z
  .union(
    [
      looseUint64.transform((timestamp): MineOptions => ({ timestamp, blocks: 1n })),
      z.object({
        blocks: looseUint64.default(1n),
        timestamp: looseUint64.optional(),
      }),
    ],
    { error: 'expected a timestamp in seconds, or an object with blocks and timestamp' },
  )
  .optional()

/** The methods that only a development network has. */
export const evm = {
  /** Answers with the whole offset of the clock, in seconds, in decimal as Ganache and Hardhat do. */
  evm_increaseTime: method(['seconds', looseUint64]).returns<string>(),
  evm_setNextBlockTimestamp: method(['timestamp', looseUint64]).returns<string>(),
  evm_mine: method(['options', mineOptions]).returns<'0x0'>(),
  evm_snapshot: method().returns<Quantity>(),
  evm_revert: method([
    'snapshot',
    z.string({ error: 'expected a snapshot id' }).max(66),
  ]).returns<boolean>(),
  evm_setAutomine: method(['on', boolean]).returns<boolean>(),
  /** Milliseconds between blocks; 0 stops it. */
  evm_setIntervalMining: method(['milliseconds', looseUint64]).returns<boolean>(),
  hardhat_getAutomine: method().returns<boolean>(),
  /** Mines blocks, `interval` seconds apart. */
  hardhat_mine: method(
    ['blocks', looseUint64.default(1n)],
    ['interval', looseUint64.optional()],
  ).returns<boolean>(),
  hardhat_metadata: method().returns<RPCMetadata>(),
}

/** What Hardhat's tools ask about a development network. */
export interface RPCMetadata {
  clientVersion: string
  chainId: number
  instanceId: string
  latestBlockNumber: number
  latestBlockHash: string
}
