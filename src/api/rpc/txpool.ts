import { method } from './method.ts'
import type { RPCByAccount, RPCByNonce, RPCTransaction } from './results.ts'
import { address, type Quantity } from './values.ts'

/** What waits: for the next block, for a nonce before it, and, apart from both, of the network. */
export interface Lanes<Content> {
  pending: Content
  queued: Content
  /** Network transactions (type 0x60); their nonce is the id of what they answer. */
  network: Content
}

/** The methods that ask about transactions that wait. */
export const txpool = {
  txpool_status: method().returns<Lanes<Quantity>>(),
  txpool_content: method().returns<Lanes<RPCByAccount<RPCTransaction>>>(),
  txpool_contentFrom: method(['address', address]).returns<Lanes<RPCByNonce<RPCTransaction>>>(),
  /** One line of text per transaction. */
  txpool_inspect: method().returns<Lanes<RPCByAccount<string>>>(),
}
