/** How long a full copy counts as one that its key's neighbours keep and republish, in milliseconds. */
export const FULL_COPY_LIFE_MS = 24 * 3_600_000

const MIN_CACHED_LIFE_MS = 60_000

/**
 * How long a node keeps a copy that a look-up left on its path, in milliseconds: a day, halved for each node
 * it knows between itself and the key (YP 2.7), and at least a minute.
 */
export const cachedLifeMs = (nodesBetween: number): number =>
  Math.max(MIN_CACHED_LIFE_MS, FULL_COPY_LIFE_MS * 2 ** -nodesBetween)
