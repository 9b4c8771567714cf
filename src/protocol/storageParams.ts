import { DAY_SECONDS, GB, GNX } from './params.ts'

/** The numbers farmers and clients agree on beside the chain's own. */

/** How far in the future an offer's expiry may lie: so long a farmer keeps a replica nobody registered. */
export const MAX_OFFER_SECONDS = 3_600n

/** Terms a farmer takes unless its operator says otherwise. */
export const MIN_REPLICA_TERM_SECONDS = 3_600n
export const MAX_REPLICA_TERM_SECONDS = 3_650n * DAY_SECONDS

/**
 * A farmer's price unless its operator says otherwise, in wei per GB (1e9 bytes) of replica and day: what a bucket
 * at the genesis price can pay for every byte of replica it may have, and a little less.
 */
export const DEFAULT_FARMER_PRICE_WEI = GNX / 5_000n

/**
 * More free space than this draws a farmer no more often, nor does a lower price than the one below: both are what a
 * farmer says of itself, and whoever says the most should not get the most shards.
 */
export const MAX_WEIGHED_FREE_BYTES = 100n * GB

/** In wei per GB of replica and day: half of what farmers ask unless their operators say otherwise. */
export const MIN_WEIGHED_PRICE_WEI = DEFAULT_FARMER_PRICE_WEI / 2n

/** What a replica costs at a price per GB and day, rounded up, in wei. */
export const replicaPriceWei = (
  priceWeiPerGBDay: bigint,
  { sizeBytes, seconds }: { sizeBytes: bigint; seconds: bigint },
): bigint => {
  const unit = GB * DAY_SECONDS
  return (priceWeiPerGBDay * sizeBytes * seconds + unit - 1n) / unit
}
