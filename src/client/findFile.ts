import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Replica } from '../api/actions/getReplica.ts'
import { listBuckets } from '../api/actions/listBuckets.ts'
import { listReplicasOfFile } from '../api/actions/listReplicasOfFile.ts'
import { replicasContract } from '../api/contracts.ts'
import { parseBucketId } from '../api/parseBucketId.ts'
import { openManifest } from '../crypto/manifestCipher.ts'
import { decodeFileManifest, type FileManifest } from '../protocol/fileManifest.ts'
import { decodeManifestShard, isManifestShard, MANIFEST_NONCE } from '../protocol/manifestShard.ts'
import { decodeShardIndex } from '../protocol/replicaContract.ts'
import type { ClientContext } from './context.ts'
import { ClientError, throwIfAborted } from './errors.ts'
import { bytesOf, deriveFileSecrets, type FileSecrets, replicaIdentity } from './fileSecrets.ts'
import { manifestLayout } from './manifestLayout.ts'
import { nowSeconds } from './now.ts'
import { explainReadFailure } from './readFailure.ts'
import { createReplicaReader } from './replicaReader.ts'

/** A file as chain and manifest tell it. */
export interface StoredFile {
  fileId: string
  bucketId: string
  manifest: FileManifest
  secrets: FileSecrets
  /** All its replicas on chain, its manifest's included. */
  all: readonly Replica[]
  /** Those of its content: segment → shard → replicas. */
  replicas: ReadonlyMap<number, ReadonlyMap<number, readonly Replica[]>>
}

export interface FindFileOptions {
  bucketId?: string | undefined
  signal?: AbortSignal | undefined
  onReceived?: (bytes: number) => void
}

/** Looks a file up. Throws `ClientError` `FILE_UNKNOWN`, `WRONG_SEED`, and as reading from farmers does. */
export async function findFile(
  context: ClientContext,
  fileId: string,
  options: FindFileOptions = {},
): Promise<StoredFile> {
  const found = await findReplicas(context, fileId, options.bucketId)
  const endTime = found.all.reduce((last, each) => maxOf(last, each.endTime), 0n)
  if (endTime <= (await nowSeconds(context))) throw termOver(fileId, endTime)
  return await openFound(context, fileId, found, options)
}

const maxOf = (one: bigint, other: bigint): bigint => (one > other ? one : other)

/** The file of replicas that were found. Throws as `findFile`. */
export async function openFound(
  context: ClientContext,
  fileId: string,
  { bucketId, all }: { bucketId: string; all: readonly Replica[] },
  options: FindFileOptions,
): Promise<StoredFile> {
  const secrets = deriveFileSecrets(context.masterSeed, bucketId, fileId)
  const manifest = await readManifest(context, { fileId, bucketId, secrets, all }, options)
  return { fileId, bucketId, manifest, secrets, all, replicas: groupReplicas(all) }
}

/** The replicas of a file and their bucket: the one named, or else one of the signer's. */
export async function findReplicas(
  { provider, account }: ClientContext,
  fileId: string,
  bucketId?: string,
): Promise<{ bucketId: string; all: Replica[] }> {
  const ids =
    bucketId === undefined
      ? (await listBuckets(provider, { owner: account })).map(({ id }) => id)
      : [parseBucketId(bucketId)]
  for (const id of ids) {
    const all = await listReplicasOfFile(provider, { bucketId: id, fileId })
    if (all.some(({ shardIndex }) => isManifestShard(shardIndex))) return { bucketId: id, all }
  }
  const endTime = await endedAt({ provider }, fileId)
  if (endTime !== undefined) throw termOver(fileId, endTime)
  throw new ClientError('FILE_UNKNOWN', {
    message: `There is no file ${fileId} in ${bucketId === undefined ? `the buckets of ${account}` : `bucket ${bucketId}`}`,
    hint: 'Check the id and the account; `genaro ls` lists your files. A file in a bucket of somebody else needs --bucket.',
    facts: { fileId, account },
  })
}

/** When the last contract of a file ended that the chain once knew; undefined for none, or one that was removed. */
async function endedAt(
  { provider }: Pick<ClientContext, 'provider'>,
  fileId: string,
): Promise<bigint | undefined> {
  const contract = replicasContract(provider)
  const filter = contract.filters.ReplicaRegistered!(null, fileId)
  try {
    const [logs, now] = await Promise.all([contract.queryFilter(filter), nowSeconds({ provider })])
    const times = logs.map((log) => contract.interface.parseLog(log)!.args.endTime as bigint)
    const [last] = times.sort((one, other) => Number(other - one))
    return last !== undefined && last <= now ? last : undefined
  } catch {
    // A node need not look through the whole chain for us.
    return undefined
  }
}

const termOver = (fileId: string, endTime: bigint): ClientError =>
  new ClientError('TERM_EXPIRED', {
    message: `The term of file ${fileId} ended at second ${endTime}, and its farmers need not keep it any more`,
    hint: 'Extend buckets before they end, with `genaro bucket extend`, and upload again what must stay longer.',
    facts: { fileId, endTime },
  })

function groupReplicas(all: readonly Replica[]): Map<number, Map<number, Replica[]>> {
  const segments = new Map<number, Map<number, Replica[]>>()
  for (const replica of all) {
    if (isManifestShard(replica.shardIndex)) continue
    const { segment, shard } = decodeShardIndex(replica.shardIndex)
    const shards = segments.get(segment) ?? new Map<number, Replica[]>()
    shards.set(shard, [...(shards.get(shard) ?? []), replica])
    segments.set(segment, shards)
  }
  return segments
}

type ManifestPlace = Pick<StoredFile, 'fileId' | 'bucketId' | 'secrets' | 'all'>

/** From this machine when it was read or written here before, else from the first farmer that gives it. */
async function readManifest(
  context: ClientContext,
  place: ManifestPlace,
  options: FindFileOptions,
): Promise<FileManifest> {
  const kept = await readKept(context, place)
  if (kept !== undefined) return kept
  const copies = place.all
    .filter(({ shardIndex }) => isManifestShard(shardIndex))
    .sort(
      (one, other) => context.farmers.failuresOf(one.node) - context.farmers.failuresOf(other.node),
    )
  const failures: unknown[] = []
  for (const replica of copies) {
    throwIfAborted(options.signal)
    try {
      const sealed = await fetchManifest(context, place, replica, options)
      const manifest = await unseal(place, sealed)
      await keepManifest(context, place.fileId, sealed!)
      return manifest
    } catch (error) {
      throwIfAborted(options.signal)
      context.farmers.blame(replica.node)
      failures.push(error)
    }
  }
  // A steward may have registered anything: one copy that does not open does not speak for the others.
  const wrong = failures.find(
    (error) => error instanceof ClientError && error.code === 'WRONG_SEED',
  )
  if (wrong !== undefined) throw wrong
  throw explainReadFailure(failures, { found: 0, needed: 1, fileId: place.fileId })
}

async function fetchManifest(
  context: ClientContext,
  { fileId, secrets }: ManifestPlace,
  replica: Replica,
  { signal, onReceived }: FindFileOptions,
): Promise<Uint8Array | undefined> {
  const farmer = await context.farmers.farmerOf(replica.node)
  const layout = manifestLayout(Number(replica.leafCount))
  const reader = createReplicaReader({
    context,
    replica,
    farmer,
    keys: secrets.replicaKeys,
    identity: replicaIdentity(
      fileId,
      decodeShardIndex(replica.shardIndex),
      farmer.account,
      MANIFEST_NONCE,
    ),
    layout,
    ...(onReceived && { onReceived }),
  })
  try {
    return decodeManifestShard(await reader.read(0, layout.shardBytes, signal))
  } finally {
    await reader.close()
  }
}

/** What verified against the chain and does not open was sealed under another seed. */
async function unseal(
  { fileId, bucketId, secrets }: ManifestPlace,
  sealed: Uint8Array | undefined,
): Promise<FileManifest> {
  if (sealed === undefined) throw wrongSeed(fileId)
  const bytes = await openManifest(secrets.bucketKey, sealed).catch((cause) => {
    throw wrongSeed(fileId, cause)
  })
  const manifest = decodeFileManifest(bytes)
  const isSame =
    Buffer.compare(manifest.fileId, bytesOf(fileId)) === 0 &&
    Buffer.compare(manifest.bucketId, bytesOf(bucketId)) === 0
  if (isSame) return manifest
  throw new ClientError('FILE_DAMAGED', {
    message: `What is registered as file ${fileId} is the manifest of another file`,
    hint: 'It was registered wrongly on purpose; ask its owner for the right id.',
  })
}

const wrongSeed = (fileId: string, cause?: unknown): ClientError =>
  new ClientError('WRONG_SEED', {
    message: `File ${fileId} does not open with this master seed`,
    hint: 'Name the seed file it was uploaded with, by --seed-file or GENARO_SEED_FILE.',
    facts: { fileId },
    cause,
  })

const keptFile = ({ directory }: ClientContext, fileId: string): string =>
  join(directory, 'manifests', fileId)

async function readKept(
  context: ClientContext,
  place: ManifestPlace,
): Promise<FileManifest | undefined> {
  try {
    const sealed = new Uint8Array(await readFile(keptFile(context, place.fileId)))
    return await unseal(place, sealed)
  } catch {
    // Lost, damaged, or another seed's: the farmers have it.
    return undefined
  }
}

/** Keeps a manifest, sealed as it is stored, so that listing and reading again cost no traffic. */
export async function keepManifest(
  context: ClientContext,
  fileId: string,
  sealed: Uint8Array,
): Promise<void> {
  const file = keptFile(context, fileId)
  const draft = `${file}.${process.pid}`
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    await writeFile(draft, sealed, { mode: 0o600 })
    await rename(draft, file)
  } catch {
    // A machine that cannot keep it reads it again.
  }
}
