import type { Block } from '@ethereumjs/block'
import type { Chain } from '../../chain/chain.ts'
import { asNetworkTransaction } from '../../protocol/networkTransaction.ts'

const GWEI = 10n ** 9n
/** What is suggested while blocks have room, when any tip is enough. */
const MINIMUM_TIP_WEI = GWEI
const MAXIMUM_TIP_WEI = 500n * GWEI
const SAMPLED_BLOCKS = 20
const PERCENTILE = 60

/**
 * Suggests a priority fee in wei: the 60th percentile of the tips in the crowded ones of the last 20
 * blocks. A block less than half full says nothing, since everything found room in it.
 */
export function createTipOracle(chain: Chain): () => bigint {
  let answered: { head: Block; tip: bigint } | undefined
  return () => {
    const { head } = chain
    if (answered?.head !== head) answered = { head, tip: suggest(chain, head) }
    return answered.tip
  }
}

function suggest(chain: Chain, head: Block): bigint {
  const tips: bigint[] = []
  let block: Block | undefined = head
  for (let i = 0; i < SAMPLED_BLOCKS && block !== undefined; i++) {
    if (block.header.gasUsed * 2n > block.header.gasLimit) {
      tips.push(...tipsAtPercentiles(chain, block, [PERCENTILE]))
    }
    block = block.header.number === 0n ? undefined : chain.blockByHash(block.header.parentHash)
  }
  if (tips.length === 0) return MINIMUM_TIP_WEI
  const tip = tips.sort(ascending)[Math.floor((tips.length * PERCENTILE) / 100)]!
  return tip < MINIMUM_TIP_WEI ? MINIMUM_TIP_WEI : tip > MAXIMUM_TIP_WEI ? MAXIMUM_TIP_WEI : tip
}

const ascending = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0)

/**
 * The tips, in wei per gas, below which each percentage of a block's gas was paid. Network transactions, which stand
 * behind the others, pay for none.
 */
export function tipsAtPercentiles(
  chain: Chain,
  block: Block,
  percentiles: readonly number[],
): bigint[] {
  const receipts = chain.receiptsOf(block.hash()) ?? []
  const baseFee = block.header.baseFeePerGas ?? 0n
  const paid = block.transactions
    .filter((transaction) => asNetworkTransaction(transaction) === undefined)
    .map((transaction, index) => ({
      tip: transaction.getEffectivePriorityFee(baseFee),
      gasUsed: receipts[index]?.gasUsed ?? 0n,
    }))
    .sort((a, b) => ascending(a.tip, b.tip))
  if (paid.length === 0) return percentiles.map(() => 0n)
  let next = 0
  let sum = paid[0]!.gasUsed
  return percentiles.map((percentile) => {
    const threshold = BigInt(Math.floor((Number(block.header.gasUsed) * percentile) / 100))
    while (sum < threshold && next < paid.length - 1) sum += paid[++next]!.gasUsed
    return paid[next]!.tip
  })
}
