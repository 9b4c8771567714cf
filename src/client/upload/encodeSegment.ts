import { createHash } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { FileLayout } from '../../protocol/fileLayout.ts'
import { CELL_PLAINTEXT_BYTES } from '../../protocol/fileLayoutShape.ts'
import type { ClientContext } from '../context.ts'
import { throwIfAborted } from '../errors.ts'
import { changed, type FileSource } from '../fileSource.ts'
import type { UploadState } from './uploadState.ts'

/** The shards of a segment, in files that go away with it. */
export interface SegmentShards {
  shardFile(shard: number): string
  /** Where the replica of a shard is put together. */
  replicaFile(shard: number): string
  remove(): Promise<void>
}

export const segmentShards = (directory: string): SegmentShards => ({
  shardFile: (shard) => join(directory, `shard-${shard}`),
  replicaFile: (shard) => join(directory, `replica-${shard}`),
  remove: () => rm(directory, { recursive: true, force: true }),
})

/** Plaintext that one job takes: what is in memory, once for each of the jobs under way. */
const JOB_BYTES = 2 << 20
const JOBS_AT_ONCE = 2

/**
 * Encrypts and encodes one segment into files, piece by piece. Throws `ClientError` `SOURCE_CHANGED` when an earlier
 * run sent shards of other content: encrypted under the same key, both would give each other away.
 */
export async function encodeSegment(
  context: ClientContext,
  state: UploadState,
  source: FileSource,
  { layout, segment: index, directory, onEncrypted, signal }: EncodeOptions,
): Promise<SegmentShards> {
  const segment = layout.segment(index)
  const shards = segmentShards(directory)
  await shards.remove()
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const stripesPerJob = Math.max(
    1,
    Math.floor(JOB_BYTES / (layout.dataShards * CELL_PLAINTEXT_BYTES)),
  )
  const shardFiles = Array.from({ length: segment.shardCount }, (_, at) => shards.shardFile(at))
  const digest = createHash('sha256')
  const running: Promise<Uint8Array>[] = []
  try {
    for (let first = 0; first < segment.stripeCount; first += stripesPerJob) {
      throwIfAborted(signal)
      const stripeCount = Math.min(stripesPerJob, segment.stripeCount - first)
      const firstCell = segment.firstCell + first * layout.dataShards
      const plaintext = await readCells(source, layout, firstCell, stripeCount * layout.dataShards)
      const { fileKey, salt, shape } = state
      const sizeBytes = plaintext.length
      const job = context.workers.encodeStripes(
        {
          shape,
          segment: index,
          firstStripe: first,
          stripeCount,
          plaintext,
          fileKey,
          salt,
          shardFiles,
        },
        signal,
      )
      const tracked = job.then((tags) => {
        onEncrypted(sizeBytes)
        return tags
      })
      // It may fail while the source is read, when nobody waits for it yet.
      tracked.catch(() => {})
      running.push(tracked)
      if (running.length === JOBS_AT_ONCE) digest.update(await running.shift()!)
    }
    for (const tags of await Promise.all(running)) digest.update(tags)
  } catch (error) {
    await Promise.allSettled(running)
    throw error
  }
  await expectSame(state, index, digest.digest('hex'))
  return shards
}

export interface EncodeOptions {
  layout: FileLayout
  segment: number
  directory: string
  onEncrypted: (bytes: number) => void
  signal?: AbortSignal
}

async function readCells(
  source: FileSource,
  { plaintextBytes }: FileLayout,
  firstCell: number,
  cells: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const start = firstCell * CELL_PLAINTEXT_BYTES
  const end = Math.min(plaintextBytes, start + cells * CELL_PLAINTEXT_BYTES)
  const plaintext = new Uint8Array(end - start)
  await source.read(plaintext, start)
  return plaintext
}

async function expectSame(state: UploadState, segment: number, digest: string): Promise<void> {
  const known = state.digests.get(segment)
  if (known === digest) return
  if (known !== undefined) throw changed('The source', segment * state.shape.segmentBytes)
  await state.journal.append({ kind: 'encoded', segment, digest })
  state.digests.set(segment, digest)
}
