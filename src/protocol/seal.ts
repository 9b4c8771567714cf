import { RLP } from '@ethereumjs/rlp'
import { bigIntToBytes, concatBytes, setLengthLeft } from '@ethereumjs/util'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { type SigningChain, signingHash } from './domain.ts'
import { ProtocolError } from './errors.ts'

/**
 * What a proposer adds to a block (SPEC 5). It travels beside the block and is not part of its hash, so
 * nothing about the hash is malleable.
 */
export interface Seal {
  /** r ‖ s ‖ yParity over `sealHash`, 65 bytes, s in the lower half. */
  signature: Uint8Array
  /** The proposer's BLS signature over `revealHash`, 96 bytes (G2, compressed). */
  reveal: Uint8Array
}

const SIGNATURE_BYTES = 65
const REVEAL_BYTES = 96

/** What the proposer signs with its account key. */
export const sealHash = (chain: SigningChain, blockHash: Uint8Array): Uint8Array =>
  signingHash('seal', chain, blockHash)

/** What the proposer signs with its BLS key: nothing but where it stands in time, so it cannot be ground. */
export const revealHash = (chain: SigningChain, epoch: bigint, slot: bigint): Uint8Array =>
  signingHash(
    'reveal',
    chain,
    concatBytes(setLengthLeft(bigIntToBytes(epoch), 8), setLengthLeft(bigIntToBytes(slot), 8)),
  )

/** The beacon's next value, which is the header's `mixHash` (PREVRANDAO). */
export const mixReveal = (parentMix: Uint8Array, reveal: Uint8Array): Uint8Array =>
  keccak_256(concatBytes(parentMix, reveal))

export const encodeSeal = ({ signature, reveal }: Seal): Uint8Array =>
  RLP.encode([signature, reveal])

export function decodeSeal(bytes: Uint8Array): Seal {
  const items = decodeList(bytes)
  const [signature, reveal] = items
  if (
    items.length !== 2 ||
    !(signature instanceof Uint8Array && signature.length === SIGNATURE_BYTES) ||
    !(reveal instanceof Uint8Array && reveal.length === REVEAL_BYTES)
  ) {
    throw new ProtocolError('BAD_SEAL', {
      message: `A seal is a signature of ${SIGNATURE_BYTES} bytes and a reveal of ${REVEAL_BYTES} bytes`,
    })
  }
  return { signature, reveal }
}

function decodeList(bytes: Uint8Array): unknown[] {
  try {
    const decoded = RLP.decode(bytes)
    return Array.isArray(decoded) ? decoded : []
  } catch {
    return []
  }
}
