import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  MANIFEST_NONCE,
  MANIFEST_SEGMENT,
  manifestShardIndex,
} from '../../protocol/manifestShard.ts'
import { type FileFacts, sealedManifest } from './buildManifest.ts'
import { type SegmentShards, segmentShards } from './encodeSegment.ts'
import { storeSegment } from './storeSegment.ts'
import type { PreparedReplica } from './uploadJournal.ts'
import { commonTask, type Upload } from './uploadRun.ts'
import { validReplica } from './uploadState.ts'

/**
 * Stores the manifest on as many farmers as may fail, and one. With it registered the file is there. Returns it sealed;
 * throws `ClientError`.
 */
export async function storeManifest(upload: Upload, facts: FileFacts): Promise<Uint8Array> {
  const { state, layout, registrar, choice, directory } = upload
  const { sealed, shard } = await sealedManifest(state, layout, facts)
  const shards = segmentShards(join(directory, 'manifest'))
  await mkdir(join(directory, 'manifest'), { recursive: true, mode: 0o700 })
  await writeFile(shards.shardFile(0), shard, { mode: 0o600 })
  for (let isOpen = true; isOpen; ) {
    await registrar.add(await storeManifestCopies(upload, shards, shard.length))
    const refused = await registrar.flush()
    for (const { offer } of refused) choice.failed.add(offer.node)
    isOpen = refused.length > 0
  }
  return sealed
}

/** All copies of the manifest, from this run and earlier ones. */
async function storeManifestCopies(
  upload: Upload,
  shards: SegmentShards,
  shardBytes: number,
): Promise<PreparedReplica[]> {
  const { context, state, layout, choice, place } = upload
  const copies = Array.from({ length: layout.parityShards + 1 }, (_, copy) => copy)
  const heldOf = (copy: number): PreparedReplica | undefined =>
    validReplica(state, manifestShardIndex(copy), place.nowSeconds)
  const held = copies.flatMap((copy) => heldOf(copy) ?? [])
  const tasks = copies
    .filter((copy) => heldOf(copy) === undefined)
    .map((copy) => ({
      ...commonTask(upload),
      // Progress counts the content; copies of the manifest are no part of it.
      onSent: () => {},
      segment: MANIFEST_SEGMENT,
      shard: copy,
      shardBytes,
      shardFile: shards.shardFile(0),
      replicaFile: shards.replicaFile(copy),
      nonce: () => MANIFEST_NONCE,
    }))
  return [...held, ...(await storeSegment(context, state, choice, tasks, held))]
}
