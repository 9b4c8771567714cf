import { Address } from '@ethereumjs/util'
import * as bls from '../crypto/bls.ts'
import { publicKeyOf, publicKeyToAddress, sign } from '../crypto/secp256k1.ts'
import type { SigningChain } from '../protocol/domain.ts'
import { epochOfSlot, type Network } from '../protocol/networks.ts'
import { revealHash, sealHash } from '../protocol/seal.ts'

/** What a validator signs blocks with. */
export interface ValidatorKeys {
  readonly address: Address
  /** The seal's signature over a block hash, 65 bytes. */
  sealBlock(blockHash: Uint8Array): Uint8Array
  /** The beacon reveal for a slot, 96 bytes. */
  reveal(slot: bigint): Uint8Array
}

export interface ValidatorKeyOptions {
  network: Network
  chain: SigningChain
  privateKey: Uint8Array
  blsSecretKey: Uint8Array
}

export function createValidatorKeys(options: ValidatorKeyOptions): ValidatorKeys {
  const { network, chain, privateKey, blsSecretKey } = options
  let revealed: { slot: bigint; reveal: Uint8Array } | undefined
  return {
    address: new Address(publicKeyToAddress(publicKeyOf(privateKey))),
    sealBlock: (blockHash) => sign(sealHash(chain, blockHash), privateKey),
    reveal(slot) {
      // Pending blocks ask for the same slot again and again, and a signature takes 0.4 ms.
      if (revealed?.slot !== slot) {
        const hash = revealHash(chain, epochOfSlot(network, slot), slot)
        revealed = { slot, reveal: bls.sign(hash, blsSecretKey) }
      }
      return revealed.reveal
    },
  }
}
