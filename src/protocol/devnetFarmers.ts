import {
  type Address,
  concatBytes,
  createAddressFromPrivateKey,
  utf8ToBytes,
} from '@ethereumjs/util'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { GNX } from './params.ts'

/** One of the devnet's farmers. Its keys are public: whoever has this source has them. */
export interface DevnetFarmer {
  /** Its index, and that of its one node: genesis registers them in this order. */
  node: bigint
  /** The secp256k1 key of its account. */
  privateKey: Uint8Array
  address: Address
  /** The secp256k1 key of its libp2p node. */
  nodeKey: Uint8Array
  /** The peer id of that key as the chain keeps it: the multihash, 39 bytes. */
  peerId: Uint8Array
}

export const DEVNET_FARMER_COUNT = 6

/** What each of them holds, stakes and offers at genesis. */
export const DEVNET_FARMER_TERMS = {
  balanceWei: 100_000n * GNX,
  stakeWei: 5_000n * GNX,
  capacityBytes: 1_000_000_000_000n,
  /** They are reached wherever the devnet starts them, so they commit to nothing. */
  endpointHash: new Uint8Array(32),
} as const

/** The six farmers that the devnet's genesis stakes, funds and registers. */
export const createDevnetFarmers = (): DevnetFarmer[] =>
  Array.from({ length: DEVNET_FARMER_COUNT }, (_, index) => createDevnetFarmer(index))

function createDevnetFarmer(index: number): DevnetFarmer {
  const privateKey = keccak_256(utf8ToBytes(`genaro devnet farmer ${index}`))
  const nodeKey = keccak_256(utf8ToBytes(`genaro devnet farmer node ${index}`))
  return {
    node: BigInt(index),
    privateKey,
    address: createAddressFromPrivateKey(privateKey),
    nodeKey,
    peerId: concatBytes(SECP256K1_PEER_ID, secp256k1.getPublicKey(nodeKey, true)),
  }
}

/**
 * What stands before the 33 bytes of a secp256k1 key in its peer id: identity multihash of 37 bytes, then the
 * protobuf fields `Type` (2, Secp256k1) and `Data` of libp2p's `PublicKey` message.
 */
const SECP256K1_PEER_ID = Uint8Array.of(0x00, 0x25, 0x08, 0x02, 0x12, 0x21)
