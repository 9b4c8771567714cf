import type { ReplicaOffer } from '../../protocol/replicaContract.ts'
import { bytesOfHex, decodeFields, encodeFields, readHex, readUint } from './wire.ts'

const FIELD_COUNT = 11

/** An offer as it travels. */
export const encodeOffer = (offer: ReplicaOffer): Uint8Array =>
  encodeFields([
    bytesOfHex(offer.bucketId, 'bucket id', 32),
    bytesOfHex(offer.fileId, 'file id', 32),
    offer.shardIndex,
    offer.node,
    bytesOfHex(offer.root, 'root', 32),
    offer.leafCount,
    offer.sizeBytes,
    offer.priceWei,
    offer.endTime,
    bytesOfHex(offer.salt, 'salt', 32),
    offer.expiry,
  ])

/** Throws `StorageError` `BAD_MESSAGE`. The widths are those of the contract's struct. */
export const decodeOffer = (bytes: Uint8Array): ReplicaOffer =>
  decodeFields(
    'offer',
    bytes,
    FIELD_COUNT,
    (fields) => ({
      bucketId: readHex(fields[0], 'bucket id', 32),
      fileId: readHex(fields[1], 'file id', 32),
      shardIndex: readUint(fields[2], 'shard index', 32),
      node: readUint(fields[3], 'node index', 64),
      root: readHex(fields[4], 'root', 32),
      leafCount: readUint(fields[5], 'leaf count', 32),
      sizeBytes: readUint(fields[6], 'size', 64),
      priceWei: readUint(fields[7], 'price', 112),
      endTime: readUint(fields[8], 'end time', 48),
      salt: readHex(fields[9], 'salt', 32),
      expiry: readUint(fields[10], 'expiry', 48),
    }),
    encodeOffer,
  )
