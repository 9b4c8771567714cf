import { rm } from 'node:fs/promises'
import { createFileLayout, type FileLayout } from '../protocol/fileLayout.ts'
import { segmentBytesFor } from '../protocol/fileLayoutShape.ts'
import { type ClientContext, untilClosed } from './context.ts'
import { ClientError, throwIfAborted } from './errors.ts'
import type { FileSource } from './fileSource.ts'
import { keepManifest } from './findFile.ts'
import { createProgressCounter, type ProgressCounter, type UploadProgress } from './progress.ts'
import type { FileFacts } from './upload/buildManifest.ts'
import { chooseBucket, contentReplicaBytes } from './upload/checkBucket.ts'
import { chooseFarmers } from './upload/chooseFarmers.ts'
import { createRegistrar } from './upload/registrar.ts'
import { storeContent } from './upload/storeContent.ts'
import { storeManifest } from './upload/storeManifest.ts'
import { isUploadBegun, openUploadJournal, uploadDirectory } from './upload/uploadJournal.ts'
import type { Upload } from './upload/uploadRun.ts'
import { openUploadState } from './upload/uploadState.ts'

export interface UploadOptions {
  /** The bucket to store it in; by default the one an upload of the source was begun in, else the signer's roomiest. */
  bucketId?: string | undefined
  onProgress?: ((progress: UploadProgress) => void) | undefined
  signal?: AbortSignal | undefined
  /** Uniform in [0, 1), for drawing farmers; `Math.random` by default. */
  random?: (() => number) | undefined
}

/** A source with what the manifest says of it. */
export interface NamedSource extends FileFacts {
  source: FileSource
  /** Tells this source from every other, and from itself once it changed: an upload of the same goes on. */
  identity: string
}

export interface UploadResult {
  /** What `download` takes: 32 bytes in hex. */
  id: string
  bucketId: string
  sizeBytes: number
  segmentCount: number
  replicaCount: number
  replicaBytes: number
  /** What the replicas registered now cost for their term, out of the bucket's escrow. */
  paidWei: bigint
}

/**
 * Encrypts, encodes, seals and stores a source (SPEC 7). One segment at a time goes through files in the work
 * directory: an offer names the root of bytes that must then be sent, so a replica has to exist whole before its
 * first byte leaves; from a file it can be sent again, and memory stays the same at any size. Disk: about four times
 * a segment at 4+2. Throws `ClientError`; run again with the same source, it goes on where it ended.
 */
export async function uploadSource(
  context: ClientContext,
  { source, identity, ...facts }: NamedSource,
  options: UploadOptions = {},
): Promise<UploadResult> {
  const signal = untilClosed(context, options.signal)
  throwIfAborted(signal)
  const place = await chooseBucket(context, options.bucketId, (bucketId) =>
    isUploadBegun(context, bucketId, identity),
  )
  const shape = {
    plaintextBytes: source.sizeBytes,
    ...context.code,
    segmentBytes: segmentBytesFor(context.code.dataShards, context.maxShardBytes),
  }
  const journal = await openUploadJournal(context, place.bucket.id, identity)
  const directory = uploadDirectory(context, place.bucket.id, identity)
  const removeShards = (): Promise<void> => rm(directory, { recursive: true, force: true })
  try {
    // Those of a run that was killed.
    await removeShards()
    const state = await openUploadState(context, journal, { bucketId: place.bucket.id, shape })
    const layout = createFileLayout(state.shape)
    const progress = startProgress(layout, options)
    const registrar = createRegistrar(context, state, (bytes) =>
      progress.add('registeredBytes', bytes),
    )
    const choice = await chooseFarmers(context, state, layout, place, options, signal)
    const upload = { context, state, layout, place, choice, registrar, progress, directory, signal }
    await storeContent(upload, source)
    await source.expectSame()
    const sealed = await storeManifest(upload, facts)
    await keepManifest(context, state.fileId, sealed)
    // While the journal's lock still keeps others away.
    await removeShards()
    await journal.discard()
    return resultOf(upload)
  } catch (error) {
    await removeShards()
    // What stands there now can only become another file: the next run should not meet this one again.
    if (error instanceof ClientError && error.code === 'SOURCE_CHANGED') await journal.discard()
    throwIfAborted(signal)
    throw error
  } finally {
    await journal.close()
  }
}

function startProgress(
  layout: FileLayout,
  { onProgress }: UploadOptions,
): ProgressCounter<UploadProgress> {
  return createProgressCounter<UploadProgress>(
    {
      sizeBytes: layout.plaintextBytes,
      replicaBytes: contentReplicaBytes(layout),
      encryptedBytes: 0,
      sentBytes: 0,
      acknowledgedBytes: 0,
      registeredBytes: 0,
    },
    onProgress,
  )
}

function resultOf({ state, layout, registrar }: Upload): UploadResult {
  const replicas = [...state.prepared.values()]
  return {
    id: state.fileId,
    bucketId: state.bucketId,
    sizeBytes: layout.plaintextBytes,
    segmentCount: layout.segmentCount,
    replicaCount: replicas.length,
    replicaBytes: replicas.reduce((sum, { offer }) => sum + Number(offer.sizeBytes), 0),
    paidWei: registrar.paidWei,
  }
}
