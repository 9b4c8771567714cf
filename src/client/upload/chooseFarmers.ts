import type { FileLayout } from '../../protocol/fileLayout.ts'
import { DAY_SECONDS, GB } from '../../protocol/params.ts'
import type { ClientContext } from '../context.ts'
import { ClientError } from '../errors.ts'
import { contentReplicaBytes, expectSpace, type UploadBucket } from './checkBucket.ts'
import { type FarmerChoice, farmersForTerm } from './storeSegment.ts'
import type { UploadState } from './uploadState.ts'

/**
 * The farmers that may hold what an upload has left to store, until the end of the bucket's term and at a price that
 * its escrow pays. Throws `ClientError` `NOT_ENOUGH_FARMERS`, `NO_SPACE`, `TERM_EXPIRED`.
 */
export async function chooseFarmers(
  context: ClientContext,
  state: UploadState,
  layout: FileLayout,
  place: UploadBucket,
  { random }: Pick<FarmerChoice, 'random'>,
  signal: AbortSignal,
): Promise<FarmerChoice> {
  const { dataShards, parityShards } = layout
  const done = [...state.prepared.values()]
    .filter(({ id }) => state.registered.has(id))
    .reduce((sum, { offer }) => sum + offer.sizeBytes, 0n)
  const room = contentReplicaBytes(layout) + MANIFEST_ROOM_BYTES * (parityShards + 1)
  const neededBytes = BigInt(room) - done
  expectSpace(place, neededBytes)
  const seconds = place.bucket.endTime - place.nowSeconds
  const budgetWeiPerGBDay = (place.bucket.escrowWei * GB * DAY_SECONDS) / (neededBytes * seconds)
  const count = dataShards + parityShards
  const farmers = farmersForTerm(await context.farmers.offering({ signal }), {
    seconds,
    budgetWeiPerGBDay,
    count,
  })
  if (farmers.length < count) {
    throw new ClientError('NOT_ENOUGH_FARMERS', {
      message: `${farmers.length} farmers can be reached, and the code ${dataShards}+${parityShards} needs ${count}`,
      hint: 'Check that farmers run and that --bootstrap or the node names one of them.',
      facts: { found: farmers.length, count },
    })
  }
  return { farmers, failed: new Set(), random }
}

/** Room for a manifest's copies, before it is known how large they are. */
const MANIFEST_ROOM_BYTES = 300_000
