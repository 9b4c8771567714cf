import { SYSTEM_CONTRACTS } from './addresses.ts'
import { createSignedStruct, type TypedDataSigner } from './typedData.ts'

/** What a farmer signs and an owner registers (SPEC 4, kind 9): one shard, sealed for one node. */
export interface ReplicaOffer {
  /** 32 bytes in hex, as `fileId`, `root` and `salt` are. */
  bucketId: string
  /** Blinded by the owner, so that equal files cannot be told by their ids. */
  fileId: string
  /** What `encodeShardIndex` makes, 32 bits. */
  shardIndex: bigint
  /** The farmer node's index on chain, 64 bits. */
  node: bigint
  /** The Merkle root over the replica's leaves. */
  root: string
  /** 1 to 2^32 − 1. */
  leafCount: bigint
  /** 1,024 for each leaf. */
  sizeBytes: bigint
  /** For the whole term, 112 bits. The term begins when the replica is registered. */
  priceWei: bigint
  /** Unix seconds, not after the bucket's end. */
  endTime: bigint
  /** Tells offers apart that are equal otherwise. */
  salt: string
  /** The last Unix second the offer may be registered in. */
  expiry: bigint
}

/** The most replicas that one register, release or collect takes. */
export const MAX_REPLICA_BATCH = 64

/** The offer as EIP-712 data of the Replicas contract; its struct hash is the replica's id. */
export const replicaOfferData = createSignedStruct<ReplicaOffer>({
  name: 'Genaro Replicas',
  contract: SYSTEM_CONTRACTS.Replicas,
  primaryType: 'ReplicaOffer',
  fields: [
    { name: 'bucketId', type: 'bytes32' },
    { name: 'fileId', type: 'bytes32' },
    { name: 'shardIndex', type: 'uint32' },
    { name: 'node', type: 'uint64' },
    { name: 'root', type: 'bytes32' },
    { name: 'leafCount', type: 'uint32' },
    { name: 'sizeBytes', type: 'uint64' },
    { name: 'priceWei', type: 'uint112' },
    { name: 'endTime', type: 'uint48' },
    { name: 'salt', type: 'bytes32' },
    { name: 'expiry', type: 'uint48' },
  ],
})

/** The id the chain knows the offer's replica by, 32 bytes in hex. Throws for values out of range. */
export const replicaIdOf = (offer: ReplicaOffer): string => replicaOfferData.structHash(offer)

/** Signs an offer as the account that owns the node: r, s and v, 65 bytes in hex. */
export const signReplicaOffer = (
  farmer: TypedDataSigner,
  chainId: bigint,
  offer: ReplicaOffer,
): Promise<string> => replicaOfferData.sign(farmer, chainId, offer)

/** Whether the chain would take the signature for the farmer's; false for anything malformed. */
export const verifyReplicaOffer = (
  chainId: bigint,
  farmer: string,
  offer: ReplicaOffer,
  signature: string,
): boolean => replicaOfferData.isSignedBy(farmer, chainId, offer, signature)

const SHARDS_PER_SEGMENT = 256n

/** The shard's place in its file as offers hold it: 256 × segment + shard. */
export const encodeShardIndex = (segment: number, shard: number): bigint =>
  SHARDS_PER_SEGMENT * BigInt(segment) + BigInt(shard)

/** Takes apart what `encodeShardIndex` made. */
export const decodeShardIndex = (shardIndex: bigint): { segment: number; shard: number } => ({
  segment: Number(shardIndex / SHARDS_PER_SEGMENT),
  shard: Number(shardIndex % SHARDS_PER_SEGMENT),
})
