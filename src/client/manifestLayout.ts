import { MANIFEST_PAGE_BYTES } from '../protocol/manifestShard.ts'
import { createReplicaLayout, type ReplicaLayout } from '../protocol/replicaLayout.ts'
import { ClientError } from './errors.ts'

/** The layout of a manifest's replica, by the number of leaves on chain. Throws `ClientError` `FILE_DAMAGED`. */
export function manifestLayout(leafCount: number): ReplicaLayout {
  // Each leaf of the shard adds one leaf or more, so the number of leaves tells the size.
  let low = 1
  let high = leafCount
  while (low < high) {
    const middle = (low + high) >>> 1
    if (createReplicaLayout(middle * MANIFEST_PAGE_BYTES).leafCount < leafCount) low = middle + 1
    else high = middle
  }
  const layout = createReplicaLayout(low * MANIFEST_PAGE_BYTES)
  if (layout.leafCount === leafCount) return layout
  throw new ClientError('FILE_DAMAGED', {
    message: `No manifest has a replica of ${leafCount} leaves`,
    hint: 'Check the id: this is not a file that a Genaro client stored.',
  })
}
