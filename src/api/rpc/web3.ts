import { method } from './method.ts'
import { data, type Hex } from './values.ts'

/** The methods that ask about the node's software. */
export const web3 = {
  web3_clientVersion: method().returns<string>(),
  /** Keccak-256, in spite of the name. */
  web3_sha3: method(['data', data]).returns<Hex>(),
  /** Namespaces and their versions. */
  rpc_modules: method().returns<Record<string, string>>(),
}
