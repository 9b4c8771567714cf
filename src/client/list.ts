import type { Bucket } from '../api/actions/getBucket.ts'
import { listBuckets } from '../api/actions/listBuckets.ts'
import { replicasContract } from '../api/contracts.ts'
import { read } from '../api/send.ts'
import { isManifestShard } from '../protocol/manifestShard.ts'
import { type ClientContext, untilClosed } from './context.ts'
import { throwIfAborted } from './errors.ts'
import { findReplicas, openFound } from './findFile.ts'
import { FOLDER_TYPE } from './folder/folderIndex.ts'

/** A stored file, as a listing tells it. */
export interface ListedFile {
  id: string
  bucketId: string
  /** Undefined when its manifest cannot be read; `problem` says why. */
  name: string | undefined
  sizeBytes: number | undefined
  isFolder: boolean
  modifiedMs: number | undefined
  replicaCount: number
  replicaBytes: bigint
  /** When the first of its contracts ends, in Unix seconds. */
  endTime: bigint
  problem: unknown
}

export interface ListOptions {
  /** All buckets of the signer by default. */
  bucketId?: string | undefined
  signal?: AbortSignal | undefined
}

/**
 * The files of the signer's buckets. Which there are is told by the chain's events, names and sizes by the manifests,
 * which are kept on this machine once they were read. Throws `ApiError`.
 */
export async function listFiles(
  context: ClientContext,
  { bucketId, signal: own }: ListOptions = {},
): Promise<ListedFile[]> {
  const signal = untilClosed(context, own)
  const all = await listBuckets(context.provider, { owner: context.account })
  const buckets = all.filter(({ id }) => bucketId === undefined || id === bucketId.toLowerCase())
  const files: ListedFile[] = []
  for (const bucket of buckets) {
    for (const fileId of await fileIds(context, bucket)) {
      throwIfAborted(signal)
      const file = await describe(context, bucket.id, fileId, signal)
      if (file !== undefined) files.push(file)
    }
  }
  return files
}

/** Undefined for a file that was removed. */
async function describe(
  context: ClientContext,
  bucketId: string,
  fileId: string,
  signal: AbortSignal,
): Promise<ListedFile | undefined> {
  const found = await findReplicas(context, fileId, bucketId).catch(() => undefined)
  if (found === undefined) return undefined
  const common = {
    id: fileId,
    bucketId,
    replicaCount: found.all.length,
    replicaBytes: found.all.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0n),
    endTime: found.all.map(({ endTime }) => endTime).sort((a, b) => Number(a - b))[0]!,
  }
  try {
    const { manifest } = await openFound(context, fileId, found, { signal })
    return {
      ...common,
      name: new TextDecoder().decode(manifest.name),
      sizeBytes: manifest.shape.plaintextBytes,
      isFolder: manifest.mimeType === FOLDER_TYPE,
      modifiedMs: manifest.modifiedMs,
      problem: undefined,
    }
  } catch (problem) {
    throwIfAborted(signal)
    const unknown = {
      name: undefined,
      sizeBytes: undefined,
      isFolder: false,
      modifiedMs: undefined,
    }
    return { ...common, ...unknown, problem }
  }
}

const BLOCKS_AT_ONCE = 10_000

/** Every file that ever had a manifest registered in the bucket. */
async function fileIds({ provider }: ClientContext, bucket: Bucket): Promise<string[]> {
  const contract = replicasContract(provider)
  const filter = contract.filters.ReplicaRegistered!(bucket.id)
  const head = await read(() => provider.getBlockNumber())
  const ids = new Set<string>()
  let from = await firstBlockFrom({ provider }, bucket.startTime, head)
  for (; from <= head; from += BLOCKS_AT_ONCE) {
    const to = Math.min(head, from + BLOCKS_AT_ONCE - 1)
    for (const log of await read(() => contract.queryFilter(filter, from, to))) {
      const { fileId, shardIndex } = contract.interface.parseLog(log)!.args
      if (isManifestShard(shardIndex as bigint)) ids.add(fileId as string)
    }
  }
  return [...ids]
}

/** The first block whose time is not before `time`. */
async function firstBlockFrom(
  { provider }: Pick<ClientContext, 'provider'>,
  time: bigint,
  head: number,
): Promise<number> {
  let low = 0
  let high = head
  while (low < high) {
    const middle = (low + high) >>> 1
    const block = await read(() => provider.getBlock(middle))
    if (BigInt(block!.timestamp) < time) low = middle + 1
    else high = middle
  }
  return low
}
