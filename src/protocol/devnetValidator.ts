import { utf8ToBytes } from '@ethereumjs/util'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { GNX } from './params.ts'

/** The keys of the devnet's one validator. They are public: whoever has this source has them. */
export const DEVNET_VALIDATOR = {
  /** The secp256k1 key it seals with. */
  privateKey: keccak_256(utf8ToBytes('genaro devnet validator account')),
  /** The seed of the BLS key it makes the beacon with (KeyGen of the BLS draft, 2.3). */
  blsSeed: keccak_256(utf8ToBytes('genaro devnet validator bls')),
  stakeWei: 5_000n * GNX,
} as const
