import { invalidParams } from '../../../api/rpc/errors.ts'
import type { RPCFeeHistory } from '../../../api/rpc/results.ts'
import type { Decoded } from '../../../api/rpc/schema.ts'
import type { ChainNode } from '../../node.ts'
import { toQuantity } from '../format/hex.ts'
import type { Handlers } from '../handler.ts'
import { requireBlock } from '../resolveBlock.ts'
import { createTipOracle, tipsAtPercentiles } from '../tipOracle.ts'

type Names =
  | 'eth_gasPrice'
  | 'eth_maxPriorityFeePerGas'
  | 'eth_baseFee'
  | 'eth_blobBaseFee'
  | 'eth_feeHistory'

const MAX_BLOCKS = 1_024n

/** What gas costs: now, in the next block, and in blocks past. */
export function createFeeHandlers(node: ChainNode): Handlers<Names> {
  const suggestTip = createTipOracle(node.chain)
  const nextBaseFee = () => node.pendingBlock().header.baseFeePerGas ?? 0n
  return {
    eth_gasPrice: () => toQuantity(nextBaseFee() + suggestTip()),
    eth_maxPriorityFeePerGas: () => toQuantity(suggestTip()),
    eth_baseFee: () => toQuantity(nextBaseFee()),
    eth_blobBaseFee: () => toQuantity(node.pendingBlock().header.getBlobGasPrice()),
    eth_feeHistory: (parameters) => feeHistory(node, parameters),
  }
}

function feeHistory(
  node: ChainNode,
  [blockCount, newestBlock, percentiles]: Decoded<'eth_feeHistory'>,
): RPCFeeHistory {
  if (percentiles?.some((value, at) => at > 0 && value < percentiles[at - 1]!)) {
    throw invalidParams('Invalid params: params[2] (rewardPercentiles): must not go down')
  }
  const newest = requireBlock(node, newestBlock)
  const count = [blockCount, MAX_BLOCKS, newest.header.number + 1n].reduce((a, b) =>
    a < b ? a : b,
  )
  const oldest = newest.header.number - count + 1n
  const blocks = []
  for (let number = oldest; number < newest.header.number; number++) {
    blocks.push(requireBlock(node, { number }))
  }
  if (count > 0n) blocks.push(newest)
  const baseFees = blocks.map(({ header }) => header.baseFeePerGas ?? 0n)
  return {
    oldestBlock: toQuantity(count === 0n ? newest.header.number : oldest),
    baseFeePerGas: [...baseFees, newest.header.calcNextBaseFee()].map(toQuantity),
    gasUsedRatio: blocks.map(({ header }) => Number(header.gasUsed) / Number(header.gasLimit)),
    baseFeePerBlobGas: [...blocks, newest].map(({ header }) =>
      toQuantity(header.getBlobGasPrice()),
    ),
    blobGasUsedRatio: blocks.map(() => 0),
    ...(percentiles === undefined || percentiles.length === 0
      ? {}
      : {
          reward: blocks.map((block) =>
            tipsAtPercentiles(node.chain, block, percentiles).map(toQuantity),
          ),
        }),
  }
}
