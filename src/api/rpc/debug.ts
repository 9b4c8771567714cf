import { blockReference } from './blockReference.ts'
import { method } from './method.ts'
import { type Hex, hash } from './values.ts'

const block = ['block', blockReference] as const

/** The methods that show bytes as they are stored. */
export const debug = {
  debug_getRawHeader: method(block).returns<Hex>(),
  debug_getRawBlock: method(block).returns<Hex>(),
  /** Each receipt in its consensus form (EIP-2718). */
  debug_getRawReceipts: method(block).returns<Hex[]>(),
  debug_getRawTransaction: method(['transactionHash', hash]).returns<Hex>(),
  /** Always empty: a block that breaks a rule is not kept. */
  debug_getBadBlocks: method().returns<never[]>(),
}
