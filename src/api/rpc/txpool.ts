import { method } from './method.ts'
import type { RPCByAccount, RPCByNonce, RPCTransaction } from './results.ts'
import { address, type Quantity } from './values.ts'

export interface Lanes<Content> {
  pending: Content
  queued: Content
}

/** The methods that ask about transactions that wait. */
export const txpool = {
  txpool_status: method().returns<Lanes<Quantity>>(),
  txpool_content: method().returns<Lanes<RPCByAccount<RPCTransaction>>>(),
  txpool_contentFrom: method(['address', address]).returns<Lanes<RPCByNonce<RPCTransaction>>>(),
  /** One line of text per transaction. */
  txpool_inspect: method().returns<Lanes<RPCByAccount<string>>>(),
}
