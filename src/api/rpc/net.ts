import { method } from './method.ts'
import type { Quantity } from './values.ts'

/** The methods that ask about the network. */
export const net = {
  /** The chain id in decimal. */
  net_version: method().returns<string>(),
  net_listening: method().returns<boolean>(),
  net_peerCount: method().returns<Quantity>(),
}
