import { concatBytes, utf8ToBytes } from '@ethereumjs/util'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { FileLayoutError } from './fileLayoutErrors.ts'

/** Which shard of which file version it is. */
export interface ShardPlace {
  /** 32 bytes. */
  fileId: Uint8Array
  segment: number
  shard: number
}

/**
 * The 32 bytes that a shard's seal is made for: keccak256("genaro:shard" ‖ file id ‖ segment (uint32) ‖ shard
 * (uint16)). Who does not know the file id cannot tell that two shards belong together.
 */
export function shardId({ fileId, segment, shard }: ShardPlace): Uint8Array {
  if (fileId.length !== 32 || !isBelow(segment, 2 ** 32) || !isBelow(shard, 2 ** 16)) {
    throw new FileLayoutError('OUT_OF_RANGE', {
      message: `No shard id is made from ${fileId.length} bytes of file id, segment ${segment}, shard ${shard}`,
    })
  }
  const place = new Uint8Array(6)
  const view = new DataView(place.buffer)
  view.setUint32(0, segment)
  view.setUint16(4, shard)
  return keccak_256(concatBytes(utf8ToBytes('genaro:shard'), fileId, place))
}

const isBelow = (value: number, end: number): boolean =>
  Number.isInteger(value) && value >= 0 && value < end
