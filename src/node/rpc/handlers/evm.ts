import { randomUUID } from 'node:crypto'
import { invalidParams } from '../../../api/rpc/errors.ts'
import type { Quantity } from '../../../api/rpc/values.ts'
import type { ChainNode, DevnetControl } from '../../node.ts'
import { toHex } from '../format/hex.ts'
import type { Handlers } from '../handler.ts'

type Names =
  | 'evm_increaseTime'
  | 'evm_setNextBlockTimestamp'
  | 'evm_mine'
  | 'evm_snapshot'
  | 'evm_revert'
  | 'evm_setAutomine'
  | 'evm_setIntervalMining'
  | 'hardhat_getAutomine'
  | 'hardhat_mine'
  | 'hardhat_metadata'

/** Time, mining and history under the developer's control, as Ganache and Hardhat name them. */
export function createEVMHandlers(node: ChainNode, devnet: DevnetControl): Handlers<Names> {
  const instanceId = `0x${randomUUID().replaceAll('-', '').repeat(2)}`
  const { chain } = node
  return {
    evm_increaseTime: async ([seconds]) => (await devnet.increaseTime(seconds)).toString(),
    evm_setNextBlockTimestamp: async ([timestamp]) => {
      await devnet.setNextBlockTimestamp(timestamp)
      return timestamp.toString()
    },
    evm_mine: async ([options]): Promise<'0x0'> => {
      const { blocks = 1n, timestamp } = options ?? {}
      await devnet.mine({
        blocks: toCount(blocks),
        ...(timestamp === undefined ? {} : { timestamp }),
      })
      return '0x0'
    },
    evm_snapshot: async () => (await devnet.snapshot()) as Quantity,
    evm_revert: ([id]) => devnet.revert(id),
    evm_setAutomine: ([on]) => {
      devnet.setAutomine(on)
      return true
    },
    evm_setIntervalMining: ([milliseconds]) => {
      devnet.setIntervalSeconds(Number(milliseconds) / 1_000)
      return true
    },
    hardhat_getAutomine: () => devnet.automine,
    hardhat_mine: async ([blocks, interval]) => {
      await devnet.mine({
        blocks: toCount(blocks),
        ...(interval === undefined ? {} : { intervalSeconds: interval }),
      })
      return true
    },
    hardhat_metadata: () => ({
      clientVersion: node.clientVersion,
      chainId: Number(chain.network.chainId),
      instanceId,
      latestBlockNumber: Number(chain.head.header.number),
      latestBlockHash: toHex(chain.head.hash()),
    }),
  }
}

const MAX_BLOCKS = 100_000n

function toCount(blocks: bigint): number {
  if (blocks > MAX_BLOCKS) {
    throw invalidParams(`Invalid params: at most ${MAX_BLOCKS} blocks at once, got ${blocks}`)
  }
  return Number(blocks)
}
