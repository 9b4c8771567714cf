import { concatBytes, utf8ToBytes } from '@ethereumjs/util'
import { keccak_256 } from '@noble/hashes/sha3.js'

/**
 * The nonce that a rebuilt replica is sealed with: keccak256("genaro:rebuilt" ‖ node (uint64)). A steward cannot
 * write the manifest, so whoever reads must find the nonce by what the chain tells. It hides nothing: the keys do.
 * Each node has its own, so that an owner of two cannot answer for both with one copy.
 */
export function rebuiltNonce(node: bigint): Uint8Array {
  const place = new Uint8Array(8)
  new DataView(place.buffer).setBigUint64(0, node)
  return keccak_256(concatBytes(utf8ToBytes('genaro:rebuilt'), place))
}
