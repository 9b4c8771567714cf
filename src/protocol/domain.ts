import { bigIntToBytes, concatBytes, setLengthLeft, utf8ToBytes } from '@ethereumjs/util'
import { keccak_256 } from '@noble/hashes/sha3.js'

/** What a signature is for. A signature made for one purpose is void for every other. */
export type SigningPurpose = 'seal' | 'reveal' | 'peer' | 'record'

/** The chain a signature belongs to. */
export interface SigningChain {
  chainId: bigint
  genesisHash: Uint8Array
}

/**
 * The 32 bytes that are signed off the transaction path:
 * keccak256(keccak256("genaro:" ‖ purpose) ‖ chain id (32 bytes) ‖ genesis hash ‖ payload).
 */
export function signingHash(
  purpose: SigningPurpose,
  { chainId, genesisHash }: SigningChain,
  payload: Uint8Array,
): Uint8Array {
  const tag = keccak_256(utf8ToBytes(`genaro:${purpose}`))
  return keccak_256(
    concatBytes(tag, setLengthLeft(bigIntToBytes(chainId), 32), genesisHash, payload),
  )
}
