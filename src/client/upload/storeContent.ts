import { join } from 'node:path'
import type { FileLayout } from '../../protocol/fileLayout.ts'
import { decodeShardIndex, encodeShardIndex } from '../../protocol/replicaContract.ts'
import type { FileSource } from '../fileSource.ts'
import { encodeSegment } from './encodeSegment.ts'
import { storeSegment } from './storeSegment.ts'
import type { PreparedReplica } from './uploadJournal.ts'
import { commonTask, type Upload } from './uploadRun.ts'
import { validReplica } from './uploadState.ts'

/**
 * Stores all segments of a source, in order, and registers their replicas; whatever the chain refused is stored anew, with
 * other farmers. Throws `ClientError`.
 */
export async function storeContent(upload: Upload, source: FileSource): Promise<void> {
  const { layout, registrar, choice } = upload
  let open = new Set(Array.from({ length: layout.segmentCount }, (_, segment) => segment))
  while (open.size > 0) {
    for (const segment of open) {
      await registrar.add(await storeContentSegment(upload, source, segment))
    }
    const refused = await registrar.flush()
    for (const { offer } of refused) choice.failed.add(offer.node)
    open = new Set(refused.map(({ offer }) => decodeShardIndex(offer.shardIndex).segment))
  }
}

/** The replicas of a segment, from this run and earlier ones. */
async function storeContentSegment(
  upload: Upload,
  source: FileSource,
  index: number,
): Promise<PreparedReplica[]> {
  const { context, state, layout, progress, signal } = upload
  const segment = layout.segment(index)
  const stored = Array.from({ length: segment.shardCount }, (_, shard) => shard).filter(
    (shard) => segment.shardBytes(shard) > 0,
  )
  const held = heldReplicas(upload, index, stored)
  const open = stored.filter(
    (shard) => !held.some(({ offer }) => offer.shardIndex === encodeShardIndex(index, shard)),
  )
  const plaintext = plaintextOf(layout, index)
  if (open.length === 0) {
    progress.add('encryptedBytes', plaintext)
    return held
  }
  const directory = join(upload.directory, String(index))
  const shards = await encodeSegment(context, state, source, {
    layout,
    segment: index,
    directory,
    onEncrypted: (bytes) => progress.add('encryptedBytes', bytes),
    signal,
  })
  try {
    const tasks = open.map((shard) => ({
      ...commonTask(upload),
      segment: index,
      shard,
      shardBytes: segment.shardBytes(shard),
      shardFile: shards.shardFile(shard),
      replicaFile: shards.replicaFile(shard),
    }))
    const replicas = await storeSegment(context, state, upload.choice, tasks, held)
    for (const { offer } of replicas) progress.add('acknowledgedBytes', Number(offer.sizeBytes))
    return [...held, ...replicas]
  } finally {
    await shards.remove()
  }
}

/** What earlier runs brought so far that it need not be done again. */
function heldReplicas(
  { state, place, progress }: Upload,
  segment: number,
  shards: readonly number[],
): PreparedReplica[] {
  const held = shards.flatMap(
    (shard) => validReplica(state, encodeShardIndex(segment, shard), place.nowSeconds) ?? [],
  )
  for (const { id, offer } of held) {
    const sizeBytes = Number(offer.sizeBytes)
    progress.add('sentBytes', sizeBytes)
    progress.add('acknowledgedBytes', sizeBytes)
    if (state.registered.has(id)) progress.add('registeredBytes', sizeBytes)
  }
  return held
}

function plaintextOf(layout: FileLayout, segment: number): number {
  const { cellCount, ciphertextBytes } = layout.segment(segment)
  return ciphertextBytes - cellCount * 16
}
