/** The protocols of farmers, as libp2p names them. */
export const FARMER_PROTOCOL = '/genaro/farmer/1.0.0'
export const REPLICA_PROTOCOL = '/genaro/replica/1.0.0'
export const STORE_PROTOCOL = '/genaro/store/1.0.0'
export const READ_PROTOCOL = '/genaro/read/1.0.0'

/** Bytes of a leaf, the unit of reading, proving and paying. */
export { LEAF_BYTES } from '../../protocol/replicaLayout.ts'

/** The largest replica a farmer takes: a shard of 64 MiB fits several times. */
export const MAX_REPLICA_BYTES = 256 * 1_048_576

/** Most bytes of a replica in one frame while it is stored. */
export const MAX_STORE_FRAME_BYTES = 262_144

/** Most leaves in one frame while it is read. */
export const MAX_LEAVES_PER_FRAME = 256

/** Most ranges one read may name. */
export const MAX_RANGES = 4_096

/** Most leaves one read may ask for. */
export const MAX_LEAVES_PER_READ = 65_536

/** Reads of one stream that may wait for their turn. */
export const MAX_QUEUED_READS = 16

/** Bytes of leaves that a farmer sends ahead of the buyer's receipts, over all streams of a channel. */
export const MAX_UNPAID_BYTES = 1_048_576

/** The same over all channels of a buyer, who may have lost count of one in a crash. */
export const MAX_UNPAID_BYTES_PER_BUYER = 4 * MAX_UNPAID_BYTES

/** After how many bytes of leaves the reader signs a new receipt: half of what keeps the farmer sending. */
export const RECEIPT_EVERY_BYTES = MAX_UNPAID_BYTES / 2

/** The longest frame that carries no bulk: offers, receipts, ranges, refusals. */
export const MAX_MESSAGE_BYTES = 65_536
