/** How often the duties of the DHT come round, in milliseconds. */
export interface DHTIntervals {
  /** A contact leaves within this time after it was last heard from (YP 2.2: an hour). */
  contactLife: number
  /** A bucket without a look-up for so long gets one (YP 2.8: an hour). */
  bucketRefresh: number
  /** A value not stored for so long is stored anew (YP 2.9: an hour). */
  republish: number
  /** Between two tries to reach a known node that is not connected. */
  merge: number
  /** Between two offers of connected nodes to the routing table. */
  offer: number
  /** How long new contacts are gathered before values are handed over to them. */
  handOver: number
}

const HOUR_MS = 3_600_000

export const DHT_INTERVALS: DHTIntervals = {
  contactLife: HOUR_MS,
  bucketRefresh: HOUR_MS,
  republish: HOUR_MS,
  merge: 60_000,
  offer: 10_000,
  handOver: 2_000,
}
