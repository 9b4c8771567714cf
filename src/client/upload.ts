import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createFileLayout, type FileLayout } from '../protocol/fileLayout.ts'
import { segmentBytesFor } from '../protocol/fileLayoutShape.ts'
import { MANIFEST_NONCE, MANIFEST_SEGMENT, manifestShardIndex } from '../protocol/manifestShard.ts'
import { DAY_SECONDS, GB } from '../protocol/params.ts'
import { decodeShardIndex, encodeShardIndex } from '../protocol/replicaContract.ts'
import { type ClientContext, untilClosed } from './context.ts'
import { ClientError, throwIfAborted } from './errors.ts'
import type { FileSource } from './fileSource.ts'
import { keepManifest } from './findFile.ts'
import { createProgressCounter, type ProgressCounter, type UploadProgress } from './progress.ts'
import { type FileFacts, sealedManifest } from './upload/buildManifest.ts'
import {
  chooseBucket,
  contentReplicaBytes,
  expectSpace,
  type UploadBucket,
} from './upload/checkBucket.ts'
import { encodeSegment, type SegmentShards, segmentShards } from './upload/encodeSegment.ts'
import { createRegistrar, type Registrar } from './upload/registrar.ts'
import { type FarmerChoice, farmersForTerm, storeSegment } from './upload/storeSegment.ts'
import type { ShardTask } from './upload/storeShard.ts'
import {
  isUploadBegun,
  openUploadJournal,
  type PreparedReplica,
  uploadDirectory,
} from './upload/uploadJournal.ts'
import { openUploadState, type UploadState, validReplica } from './upload/uploadState.ts'

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

/** What one upload works with. */
interface Upload {
  context: ClientContext
  state: UploadState
  layout: FileLayout
  place: UploadBucket
  choice: FarmerChoice
  registrar: Registrar
  progress: ProgressCounter<UploadProgress>
  /** For shards on their way from the source to the farmers. */
  directory: string
  signal: AbortSignal
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

/** Room for a manifest's copies, before it is known how large they are. */
const MANIFEST_ROOM_BYTES = 300_000

async function chooseFarmers(
  context: ClientContext,
  state: UploadState,
  layout: FileLayout,
  place: UploadBucket,
  { random }: UploadOptions,
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

/** Segments are stored in order; whatever the chain refused is stored anew, with other farmers. */
async function storeContent(upload: Upload, source: FileSource): Promise<void> {
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

const commonTask = ({
  place,
  progress,
  signal,
}: Upload): Pick<ShardTask, 'endTime' | 'nowSeconds' | 'onSent' | 'signal'> => ({
  endTime: place.bucket.endTime,
  nowSeconds: place.nowSeconds,
  onSent: (bytes) => progress.add('sentBytes', bytes),
  signal,
})

/** Stores the manifest on as many farmers as may fail, and one. With it registered the file is there. */
async function storeManifest(upload: Upload, facts: FileFacts): Promise<Uint8Array> {
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

function plaintextOf(layout: FileLayout, segment: number): number {
  const { cellCount, ciphertextBytes } = layout.segment(segment)
  return ciphertextBytes - cellCount * 16
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
